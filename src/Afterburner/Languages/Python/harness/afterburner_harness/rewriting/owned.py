"""Lists that a function makes itself, and how long they are its alone."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from .dataflow import COMPREHENSIONS, Flow, builtin


def may_follow(flow: Flow, use: ast.AST, later: ast.AST, fresh: Iterable[ast.stmt]) -> bool:
    """Whether ``later`` may run on the value of ``use`` after it: the statements ``fresh`` bind a new value."""
    text = flow.text
    inside = [{id(p): p for _, p in text.ancestors(n)} for n in (use, later)]
    if any(isinstance(p, ast.GeneratorExp) for among in inside for p in among.values()):
        return True
    if text.statement(use) is text.statement(later) or text.start(later) > text.start(use):
        return True
    if any(i in inside[1] and isinstance(p, COMPREHENSIONS) for i, p in inside[0].items()):
        return True
    return comes_back(flow, use, later, fresh)


def comes_back(flow: Flow, use: ast.AST, later: ast.AST, fresh: Iterable[ast.stmt]) -> bool:
    """Whether a loop leads from ``use`` back to ``later``, and none of the statements ``fresh`` lies on every such way."""
    around = flow.in_loop(later)
    return any(
        not any(loop in flow.in_loop(s) and flow.is_followed_by(s, later) for s in fresh)
        for loop in flow.in_loop(use) if loop in around)


def makes_list(flow: Flow, value: ast.AST | None) -> bool:
    """Whether an expression makes a list that nobody else has."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in ("list", "sorted"):
        builtin(flow, value.func.id)
        return True
    return isinstance(value, (ast.List, ast.ListComp)) or _both(makes_list, flow, value)


def is_list(flow: Flow, value: ast.AST) -> bool:
    """Whether an expression surely is a plain list: by its form, by what was seen, or by a test around it."""
    if not isinstance(value, ast.Name):
        return makes_list(flow, value) or _both(is_list, flow, value)
    name = value.id
    bindings, seen = flow.bindings.get(name), flow.observed.types(name)
    if seen == {"list"} and flow.types(name) == seen:
        return True
    if bindings and name not in flow.parameters and name not in flow.foreign and all(makes_list(flow, v) for _, v in bindings):
        return True
    return any(isinstance(p, ast.If) and c in p.body and _says_list(flow, p, name) for c, p in flow.text.ancestors(value))


def _both(judge, flow, value):
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        return judge(flow, value.left) and judge(flow, value.right)
    return isinstance(value, ast.IfExp) and judge(flow, value.body) and judge(flow, value.orelse)


def _says_list(flow, branch, name):
    """Whether an ``if`` lets only lists through, and its body leaves the name alone."""
    tests = branch.test.values if isinstance(branch.test, ast.BoolOp) and isinstance(branch.test.op, ast.And) else [branch.test]
    if any(isinstance(n, ast.Name) and n.id == name and not isinstance(n.ctx, ast.Load) for n in ast.walk(branch)):
        return False
    said = {ast.unparse(t) for t in tests}
    if f"type({name}) is list" in said or f"type({name}) == list" in said:
        builtin(flow, "type")
        builtin(flow, "list")
        return True
    # A class below list may add in its own way: none was seen.
    seen = flow.observed.types(name)
    if f"isinstance({name}, list)" in said and seen and not any("." in t for t in seen):
        builtin(flow, "isinstance")
        builtin(flow, "list")
        return True
    return False
