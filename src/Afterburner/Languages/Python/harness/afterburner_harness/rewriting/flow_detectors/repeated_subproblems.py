"""A function that calls itself at least twice on one path, with arguments a step away from its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..dataflow import Flow

ID = "repeated-subproblems"
TITLE = "The recursion may solve the same subproblem many times; a table that lives within the call, or filling it bottom up, solves each once."


def find(flow: Flow) -> Iterator[ast.AST]:
    function = flow.node
    if any("cache" in ast.unparse(d) for d in function.decorator_list):
        return
    calls = [n for n in flow.own if _is_step(flow, n)]
    if _most_on_a_path(function.body, set(map(id, calls)))[0] >= 2:
        yield calls[0]


def _is_step(flow, node):
    """A call of the function itself (or of the method on ``self``) with ``parameter - 1`` or the like among its arguments."""
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    is_own = (isinstance(function, ast.Name) and function.id == flow.node.name and not flow.text.indent) or (
        isinstance(function, ast.Attribute) and function.attr == flow.node.name and isinstance(function.value, ast.Name)
        and function.value.id in ("self", "cls"))
    return is_own and any(_is_near(flow, a) for a in node.args)


def _is_near(flow, argument):
    return (
        isinstance(argument, ast.BinOp)
        and isinstance(argument.op, (ast.Add, ast.Sub))
        and isinstance(argument.left, ast.Name)
        and argument.left.id in flow.parameters
    )


def _most_on_a_path(body, calls):
    """(most calls on one way through the statements, whether every way leaves)."""
    most = 0
    for statement in body:
        if isinstance(statement, ast.If):
            here = _count(statement.test, calls)
            yes, leaves = _most_on_a_path(statement.body, calls)
            no, also = _most_on_a_path(statement.orelse, calls)
            if leaves and not also:
                # The calls of a branch that leaves are not on the way of those that follow.
                rest, left = _most_on_a_path(body[body.index(statement) + 1:], calls)
                return most + here + max(yes, no + rest), left
            most += here + max(yes, no)
            if leaves and also:
                return most, True
        else:
            most += _count(statement, calls)
            if isinstance(statement, (ast.Return, ast.Raise)):
                return most, True
    return most, False


def _count(node, calls):
    return sum(id(n) in calls for n in ast.walk(node))
