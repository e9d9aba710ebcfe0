"""``s = s + a + b`` in a loop: one addition to ``s`` lets CPython append in place."""

from __future__ import annotations

import ast
import re

from ..dataflow import Flow, Observed
from ..text import FunctionText

ID = "string-regroup"
TITLE = "Append to the string once"
WHY = "`s + a + b` copies all of `s` before it adds `b`; `s += a + b` adds the short parts first, and CPython appends in place."
UNSAFE_WHEN = "the parts are not strings, or the text of a TypeError matters"
GAIN = (1.1, 140)


def rewrite(text: FunctionText, observed: Observed) -> str | None:
    flow = Flow(text, observed)
    changed = False
    for node in flow.own:
        if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name) or not flow.in_loop(node):
            continue
        name, second = node.targets[0].id, _second(node.value, node.targets[0].id)
        if second is None or flow.is_shared(name) or not _starts_as_text(flow, name, node):
            continue
        head = text.between(text.start(node), text.start(second))
        if re.fullmatch(rf"{name}\s*=\s*{name}\s*\+\s*", head):
            text.replace_range(text.start(node), text.start(second), f"{name} += ")
            changed = True
    return text.result() if changed else None


def _second(value, name):
    """The operand after ``name`` in ``name + a + b ...``, or None."""
    if not isinstance(value, ast.BinOp) or not isinstance(value.left, ast.BinOp):
        return None
    while isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        if isinstance(value.left, ast.Name) and value.left.id == name:
            return value.right
        value = value.left
    return None


def _starts_as_text(flow, name, node):
    if name in flow.parameters and flow.observed.types(name) != {"str"}:
        return False
    values = [v for s, v in flow.bindings[name] if s is not node and not (isinstance(v, ast.BinOp) and _second(v, name) is not None)]
    return (values or name in flow.parameters) and all(
        isinstance(v, ast.JoinedStr) or (isinstance(v, ast.Constant) and isinstance(v.value, str)) for v in values)
