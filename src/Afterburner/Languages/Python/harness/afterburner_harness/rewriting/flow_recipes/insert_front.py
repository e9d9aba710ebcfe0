"""``out.insert(0, x)`` in a loop moves all other elements: append, and reverse once after the loop."""

from __future__ import annotations

import ast

from ..dataflow import SUSPENSIONS, Flow, Observed
from ..text import FunctionText

ID = "insert-front"
TITLE = "Append, and reverse the list once"
WHY = "`insert(0, x)` moves every element that is there, so the loop takes quadratic time; reversing once is linear."
UNSAFE_WHEN = "an exception leaves the loop and the list is used all the same"
GAIN = (1.3, 17)


def rewrite(text: FunctionText, observed: Observed) -> str | None:
    flow = Flow(text, observed)
    changed = False
    for name, bindings in flow.bindings.items():
        found = _plan(flow, name, bindings)
        if found is None:
            continue
        loop, inserts = found
        for call in inserts:
            text.replace(call, f"{name}.append({text.text(call.args[1])})")
        text.insert_after(loop, f"{name}.reverse()")
        changed = True
    return text.result() if changed else None


def _plan(flow, name, bindings):
    """(the loop, the calls) where a list that starts empty only takes elements at its front in one loop, and is read after it."""
    if len(bindings) != 1 or name in flow.parameters or flow.is_shared(name):
        return None
    binding, value = bindings[0]
    if not isinstance(value, ast.List) or value.elts or not isinstance(binding, ast.Assign):
        return None
    block = next((b for b in (getattr(flow.text.parents[binding], f, None) for f in ("body", "orelse", "finalbody"))
                  if isinstance(b, list) and binding in b), [])
    following = block[block.index(binding) + 1:] if block else []
    loop = next((s for s in following if any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(s))), None)
    if not isinstance(loop, (ast.For, ast.While)) or loop.orelse:
        return None
    if any(isinstance(n, SUSPENSIONS + (ast.Return, ast.Try, ast.With, ast.FunctionDef, ast.Lambda)) for n in ast.walk(loop)):
        return None
    if any(isinstance(p, (ast.Try, ast.With)) for _, p in flow.text.ancestors(loop)):
        return None
    inserts = [flow.text.parents[flow.text.parents[n]] for n in ast.walk(loop) if isinstance(n, ast.Name) and n.id == name
               and isinstance(flow.text.parents[n], ast.Attribute)]
    used = sum(isinstance(n, ast.Name) and n.id == name for n in ast.walk(loop))
    if not inserts or used != len(inserts) or not all(_is_insert(flow, c) for c in inserts):
        return None
    return loop, inserts


def _is_insert(flow, call):
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "insert"
        and len(call.args) == 2
        and not call.keywords
        and isinstance(call.args[0], ast.Constant)
        and type(call.args[0].value) is int
        and call.args[0].value == 0
        and isinstance(flow.text.parents[call], ast.Expr)
    )
