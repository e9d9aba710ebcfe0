"""Two nested loops over two collections, and a comparison for equality between an element of each."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..dataflow import Flow

ID = "nested-join"
TITLE = "Nested loops compare every pair; a dict from the compared key to the elements of one side finds the partners at once."

LOOPS = (ast.For, ast.comprehension)


def find(flow: Flow) -> Iterator[ast.AST]:
    for node in flow.own:
        if not isinstance(node, ast.Compare) or len(node.ops) != 1 or not isinstance(node.ops[0], ast.Eq):
            continue
        left, right = _loop_of(flow, node, node.left), _loop_of(flow, node, node.comparators[0])
        if left is not None and right is not None and left is not right and not _depends(left, right) and not _depends(right, left):
            yield node


def _loop_of(flow, place, side):
    """The innermost loop round a place whose variable a side is made of, if it is made of one loop's variables only."""
    names = {n.id for n in ast.walk(side) if isinstance(n, ast.Name)}
    found = [loop for loop in _loops(flow, place) if names & _targets(loop)]
    return found[0] if len(found) == 1 else None


def _loops(flow, place):
    for child, parent in flow.text.ancestors(place):
        if isinstance(parent, ast.For) and child in parent.body:
            yield parent
        for generator in getattr(parent, "generators", ()):
            if generator is not child or place is not generator.iter:
                yield generator


def _targets(loop):
    return {n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name)}


def _depends(inner, outer):
    """A loop over what the other's element holds is a walk through a tree, not a join; nor is one over a range."""
    if isinstance(inner.iter, ast.Call) and isinstance(inner.iter.func, ast.Name) and inner.iter.func.id == "range":
        return True
    return bool({n.id for n in ast.walk(inner.iter) if isinstance(n, ast.Name)} & _targets(outer))
