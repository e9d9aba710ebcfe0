"""``self.text += piece`` in a loop: a local name lets CPython append in place."""

from __future__ import annotations

import ast

from ..dataflow import SUSPENSIONS, Flow, Observed
from ..text import FunctionText

ID = "attribute-accumulation"
TITLE = "Collect the string in a local name"
WHY = "`+=` on a string in an attribute copies everything collected so far; on a local name CPython appends in place."
UNSAFE_WHEN = "something else reads the attribute during the loop, the loop ends by an exception that is caught, or the attribute is a property"
GAIN = (1.1, 39)

LEAVING = SUSPENSIONS + (ast.Return, ast.Raise, ast.Try, ast.With, ast.Lambda, ast.FunctionDef, ast.ClassDef)


def rewrite(text: FunctionText, observed: Observed) -> str | None:
    flow = Flow(text, observed)
    done = []
    for node in flow.own:
        if not isinstance(node, ast.AugAssign) or not isinstance(node.op, ast.Add) or not isinstance(node.target, ast.Attribute):
            continue
        owner, attribute = node.target.value, node.target.attr
        loops = flow.in_loop(node)
        if not isinstance(owner, ast.Name) or not loops or not _is_text(node.value) or attribute.startswith("__"):
            continue
        loop = next((outer for outer in reversed(loops) if _is_alone(flow, outer, owner.id, attribute)), None)
        if loop is None or any(known is loop and a == attribute for known, _, a in done):
            continue
        done.append((loop, owner.id, attribute))
    for loop, owner, attribute in done:
        local = text.fresh(attribute.strip("_") or "text")
        text.insert_before(loop, f"{local} = {owner}.{attribute}")
        for target in _targets(loop, attribute):
            text.replace(target, local)
        text.insert_after(loop, f"{owner}.{attribute} = {local}")
    return text.result() if done else None


def _targets(loop, attribute):
    return [n for n in ast.walk(loop) if isinstance(n, ast.Attribute) and n.attr == attribute]


def _is_alone(flow, loop, owner, attribute):
    """Whether the loop only ever adds to the attribute, and passes its owner to nobody who could look."""
    if any(isinstance(n, LEAVING) for n in ast.walk(loop)):
        return False
    for target in _targets(loop, attribute):
        parent = flow.text.parents[target]
        if not isinstance(parent, ast.AugAssign) or parent.target is not target or not isinstance(parent.op, ast.Add):
            return False
        if not isinstance(target.value, ast.Name) or target.value.id != owner or not _is_text(parent.value):
            return False
    for node in ast.walk(loop):
        if isinstance(node, ast.Name) and node.id == owner:
            parent = flow.text.parents[node]
            if not isinstance(parent, ast.Attribute):
                return False
            call = flow.text.parents[parent]
            if isinstance(call, ast.Call) and call.func is parent:
                return False
    return True


def _is_text(value):
    if isinstance(value, ast.JoinedStr):
        return True
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str)
    if isinstance(value, ast.BinOp):
        return _is_text(value.left) or (isinstance(value.op, ast.Add) and _is_text(value.right))
    if isinstance(value, ast.Call):
        if isinstance(value.func, ast.Name):
            return value.func.id in ("str", "repr", "chr", "hex")
        return isinstance(value.func, ast.Attribute) and value.func.attr in ("format", "join", "lower", "upper", "strip") and (
            value.func.attr != "join" or _is_text(value.func.value))
    return False
