"""``for x in items: if x == wanted: n += 1``: the list's own ``count`` does the loop in C."""

from __future__ import annotations

import ast

from ..dataflow import Flow, Observed
from ..text import FunctionText

ID = "loop-count"
TITLE = "Count with the list's own method"
WHY = "`count` compares in C; the loop comes back to the interpreter for each element."
UNSAFE_WHEN = "the list holds NaN, or elements compare by more than equality"
GAIN = (1.9, 2.5)


def rewrite(text: FunctionText, observed: Observed) -> str | None:
    flow = Flow(text, observed)
    changed = False
    for loop in flow.own:
        found = _counted(flow, loop)
        if found is None or "#" in text.text(loop):
            continue  # a comment would be lost
        total, items, wanted = found
        text.replace(loop, f"{total} += {items}.count({text.text(wanted)})")
        changed = True
    return text.result() if changed else None


def _counted(flow, loop):
    """(total, items, wanted) of a loop over a list or tuple that only counts the elements equal to something fixed."""
    if not isinstance(loop, ast.For) or loop.orelse or not isinstance(loop.target, ast.Name) or not isinstance(loop.iter, ast.Name):
        return None
    element, items = loop.target.id, loop.iter.id
    test = loop.body[0]
    if len(loop.body) != 1 or not isinstance(test, ast.If) or test.orelse or len(test.body) != 1 or not isinstance(test.test, ast.Compare):
        return None
    step, equal = test.body[0], test.test
    if len(equal.ops) != 1 or not isinstance(equal.ops[0], ast.Eq) or not isinstance(step, ast.AugAssign) or not isinstance(step.target, ast.Name):
        return None
    wanted = [s for s in (equal.left, equal.comparators[0]) if not (isinstance(s, ast.Name) and s.id == element)]
    total = step.target.id
    is_one = isinstance(step.op, ast.Add) and isinstance(step.value, ast.Constant) and type(step.value.value) is int and step.value.value == 1
    is_fixed = len(wanted) == 1 and isinstance(wanted[0], (ast.Name, ast.Constant)) and getattr(wanted[0], "id", None) not in (total, element)
    inside = {id(n) for n in ast.walk(loop)}
    leaks = any(id(n) not in inside for n in flow.uses(element)) or flow.is_shared(element)
    if not is_one or not is_fixed or leaks or total in (element, items) or flow.is_shared(total) or not _starts_as_int(flow, total):
        return None
    types = flow.types(items)
    return (total, items, wanted[0]) if types and types <= {"list", "tuple"} else None


def _starts_as_int(flow, total):
    values = [v for _, v in flow.bindings.get(total, ())]
    return total not in flow.parameters and bool(values) and all(isinstance(v, ast.Constant) and type(v.value) is int for v in values)
