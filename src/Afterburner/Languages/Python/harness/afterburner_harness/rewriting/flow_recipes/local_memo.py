"""Recursion that meets the same arguments again and again: a table that lives as long as the outermost call."""

from __future__ import annotations

import ast

from ..dataflow import Flow, Observed
from ..text import FunctionText

ID = "local-memo"
TITLE = "Remember the answers of the recursion within one call"
WHY = "The recursion solves the same subproblems many times over; a table that lives within the call solves each once."
UNSAFE_WHEN = "the function has side effects or gives back something that a caller then changes; deep recursion uses two frames a level"
GAIN = (1, 190)

PLAIN = {"int", "str", "float", "bool", "bytes", "tuple", "NoneType", "frozenset"}
MUTATORS = {"append", "extend", "insert", "add", "update", "pop", "remove", "clear", "sort", "reverse", "setdefault", "discard", "write"}


def rewrite(text: FunctionText, observed: Observed) -> str | None:
    flow = Flow(text, observed)
    function = text.node
    calls = _own_calls(flow)
    if calls is None or not _is_pure(function):
        return None
    names = [a.arg for a in function.args.posonlyargs + function.args.args]
    for name in names:
        types = observed.types(name)
        if not types or not types <= PLAIN or observed.hashable(name) is False:
            return None

    body = function.body
    is_documented = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) and isinstance(body[0].value.value, str)
    first = body[1] if is_documented and len(body) > 1 else body[0]
    margin = text.margin(first)
    if margin is None:
        return None
    step = margin[len(text.indent):] if margin.startswith(text.indent) else "    "
    known, recall, compute = text.fresh("known"), text.fresh("recall"), text.fresh("compute")
    key = names[0] if len(names) == 1 else f"({', '.join(names)})"
    signature = _signature(text, function)
    lines = [
        f"{known} = {{}}",
        "",
        f"def {recall}({signature}):",
        f"{step}if {key} not in {known}:",
        f"{step}{step}{known}[{key}] = {compute}({', '.join(names)})",
        f"{step}return {known}[{key}]",
        "",
        f"def {compute}({', '.join(names)}):",
    ]
    for call in calls:
        text.replace(call.func, recall)
    text.insert_lines_before(first, "".join((line and margin + line) + text.newline for line in lines))
    text.indent_lines(first.lineno, body[-1].end_lineno, step)
    text.insert_after(body[-1], f"return {recall}({', '.join(names)})", blank=True)
    return text.result()


def _own_calls(flow):
    """The function's calls of itself, or None when it is no plain recursive function of plain parameters."""
    function, arguments = flow.node, flow.node.args
    if flow.text.indent or function.decorator_list or isinstance(function, ast.AsyncFunctionDef):
        return None
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or not (arguments.args or arguments.posonlyargs):
        return None
    if not all(isinstance(d, ast.Constant) for d in arguments.defaults):
        return None
    uses = flow.uses(function.name)
    calls = [flow.text.parents[u] for u in uses]
    if len(calls) < 2 or not all(isinstance(c, ast.Call) and c.func is u for c, u in zip(calls, uses)):
        return None
    return calls


def _is_pure(function):
    for node in ast.walk(function):
        if isinstance(node, (ast.Yield, ast.YieldFrom, ast.Await, ast.Global, ast.Nonlocal, ast.Delete, ast.Try, ast.With)):
            return False
        if isinstance(node, (ast.Subscript, ast.Attribute)) and not isinstance(node.ctx, ast.Load):
            return False
        if isinstance(node, ast.Attribute) and node.attr in MUTATORS:
            return False
        if isinstance(node, ast.Return) and isinstance(node.value, (ast.List, ast.ListComp, ast.Dict, ast.DictComp, ast.Set, ast.SetComp)):
            return False
        if isinstance(node, ast.Name) and node.id in ("print", "input", "open", "next"):
            return False
        if isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)) and node is not function:
            return False
    return True


def _signature(text, function):
    arguments = function.args.posonlyargs + function.args.args
    defaults = [None] * (len(arguments) - len(function.args.defaults)) + function.args.defaults
    return ", ".join(a.arg if d is None else f"{a.arg}={text.text(d)}" for a, d in zip(arguments, defaults))
