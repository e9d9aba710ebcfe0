"""A loop in a loop that acts only where two keys are equal: look the matching elements up instead of trying all."""

from __future__ import annotations

import ast

from ..dataflow import Flow, Observed
from ..text import FunctionText

ID = "nested-join"
TITLE = "Look up the elements that match"
WHY = "Every element is compared with every other one, which takes quadratic time; a dict by key finds those that match at once."
UNSAFE_WHEN = "keys are unhashable, or define `__eq__` without a matching `__hash__`; an element has no such key"
GAIN = (1.5, 33)


def rewrite(text: FunctionText, observed: Observed) -> str | None:
    flow = Flow(text, observed)
    fired = [_join(text, flow, node) for node in flow.own if isinstance(node, ast.For)]
    return text.result() if any(fired) else None


def _join(text, flow, loop):
    """Goes through the elements of the right key only. The comparison stays: what a dict finds equal may differ from ``==``."""
    keys = _keys(flow, loop)
    if keys is None:
        return False
    of_element, wanted = keys
    items = loop.iter.id
    site = flow.hoisting_site(loop.iter, items)
    if site is None:
        return False
    element, key = loop.target.id, text.text(of_element)
    table = text.fresh(f"{items}_by_key")
    text.insert_before(
        site, f"{table} = {{}}", f"for {element} in {items}:", f"    {table}.setdefault({key}, []).append({element})")
    text.replace(loop.iter, f"{table}.get({text.text(wanted)}, ())")
    return True


def _keys(flow, loop):
    """The key of an element, and what it is compared with first, where nothing happens to elements that differ in it."""
    is_plain = isinstance(loop.target, ast.Name) and isinstance(loop.iter, ast.Name) and len(loop.body) == 1
    if not is_plain or not isinstance(loop.body[0], ast.If) or loop.body[0].orelse:
        return None
    test = loop.body[0].test
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        test = test.values[0]
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return None
    element = loop.target.id
    sides = [test.left, test.comparators[0]]
    own = [side for side in sides if _root(side) == element]
    if len(own) != 1:
        return None
    wanted = sides[1 - sides.index(own[0])]
    is_join = (
        _root(wanted) is not None and flow.may_hash(wanted)
        and _is_list(flow, loop.iter.id, elements_are_keys=isinstance(own[0], ast.Name))
        and _is_private(flow, loop, element) and not _changes(loop, {element, _root(wanted)}))
    return (own[0], wanted) if is_join else None


def _root(node):
    """The name in ``x``, ``x.a``, ``x["a"]``, ``x[0].a``; None for any other expression."""
    while isinstance(node, ast.Attribute) or (isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _is_list(flow, name, elements_are_keys):
    types = flow.types(name)
    if not types or not types <= {"list", "tuple"} or not flow.is_long(name):
        return False
    return not (elements_are_keys and flow.observed.hashable(name) is not True) and not flow.has_alias(name) and not flow.is_shared(name)


def _is_private(flow, loop, element):
    """Whether the element's name is this loop's alone: it is bound earlier now, and is left with another value."""
    inside = set(map(id, ast.walk(loop)))
    return element not in flow.parameters and not flow.is_shared(element) and all(id(n) in inside for n in flow.uses(element))


def _changes(loop, names):
    """Whether the loop stores to one of the names, or to a part of what they hold."""
    return any(
        isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)) and node is not loop.target and _stored_root(node) in names
        for node in ast.walk(loop))


def _stored_root(node):
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
