"""``buffer += chunk`` on bytes in a loop copies the whole buffer each time: a bytearray grows in place."""

from __future__ import annotations

import ast

from ..dataflow import Flow, Observed, builtin
from ..text import FunctionText

ID = "bytes-accumulation"
TITLE = "Collect bytes in a bytearray"
WHY = "`+=` on bytes copies everything collected so far, so the loop takes quadratic time; a bytearray grows in place."
UNSAFE_WHEN = "what is added is no bytes-like object (a list of integers would be taken), or the text of a TypeError matters"
GAIN = (0.86, 28)

READING_METHODS = {"startswith", "endswith", "find", "rfind", "index", "count", "isdigit", "isalpha", "isspace"}


def rewrite(text: FunctionText, observed: Observed) -> str | None:
    flow = Flow(text, observed)
    changed = False
    for name, bindings in flow.bindings.items():
        plan = _plan(flow, name, bindings)
        if plan is None:
            continue
        builtin(flow, "bytearray")
        builtin(flow, "bytes")
        for _, value in bindings:
            text.replace(value, "bytearray()" if value.value == b"" else f"bytearray({text.text(value)})")
        for use in plan:
            text.replace(use, f"bytes({name})")
        changed = True
    return text.result() if changed else None


def _plan(flow, name, bindings):
    """The loads that need bytes again, or None."""
    if name in flow.parameters or flow.is_shared(name):
        return None
    if not all(isinstance(v, ast.Constant) and isinstance(v.value, bytes) for _, v in bindings):
        return None
    grown, copies = [], []
    for use in flow.uses(name):
        parent = flow.text.parents[use]
        if isinstance(parent, ast.AugAssign) and parent.target is use:
            if not isinstance(parent.op, ast.Add):
                return None
            grown += flow.in_loop(parent)[:1]
        elif isinstance(use.ctx, ast.Load):
            if not _reads_either(flow, use, parent):
                copies.append(use)
        elif not isinstance(parent, (ast.Assign, ast.AnnAssign)):
            return None
    if not grown or any(any(loop in grown for loop in flow.in_loop(c)) and not _leaves(flow, c) for c in copies):
        return None
    return copies


def _reads_either(flow, use, parent):
    """Whether a place gives the same for bytes and bytearray."""
    if isinstance(parent, ast.Call):
        return isinstance(parent.func, ast.Name) and parent.func.id in ("len", "bytes") and use in parent.args
    if isinstance(parent, ast.Attribute):
        return parent.attr in READING_METHODS
    if isinstance(parent, ast.Subscript):
        return parent.value is use and isinstance(parent.slice, (ast.Constant, ast.UnaryOp))
    if isinstance(parent, ast.UnaryOp):
        return isinstance(parent.op, ast.Not)
    return isinstance(parent, (ast.If, ast.While)) or (isinstance(parent, ast.IfExp) and parent.test is use)


def _leaves(flow, use):
    return isinstance(flow.text.statement(use), ast.Return)
