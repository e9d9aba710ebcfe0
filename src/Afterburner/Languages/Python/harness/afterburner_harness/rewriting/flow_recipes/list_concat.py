"""``out = out + [x]`` in a loop copies the list each time: a list that nobody else holds can grow in place."""

from __future__ import annotations

import ast

from ..dataflow import Flow, Observed
from ..text import FunctionText

ID = "list-concat"
TITLE = "Let the list grow in place"
WHY = "`out + [x]` copies everything collected so far, so the loop takes quadratic time; appending does not."
UNSAFE_WHEN = "never, as long as nobody else holds the list (it is made here and only read)"
GAIN = (1.4, 30)

READERS = {"len", "sum", "min", "max", "sorted", "list", "tuple", "set", "frozenset", "any", "all", "str", "repr", "bool", "print"}


def rewrite(text: FunctionText, observed: Observed) -> str | None:
    flow = Flow(text, observed)
    changed = False
    for name, bindings in flow.bindings.items():
        growing = [s for s, v in bindings if _added(v, name) is not None and isinstance(s, ast.Assign)]
        if not growing or not any(flow.in_loop(s) for s in growing) or not _is_own(flow, name, bindings, growing):
            continue
        for statement in growing:
            added = _added(statement.value, name)
            if len(added.elts) == 1 and not isinstance(added.elts[0], ast.Starred):
                text.replace(statement, f"{name}.append({_argument(text, added.elts[0])})")
            else:
                text.replace(statement, f"{name} += {text.text(added)}")
        changed = True
    return text.result() if changed else None


def _argument(text, element):
    inner = text.text(element)
    return f"({inner})" if isinstance(element, (ast.Yield, ast.NamedExpr)) else inner


def _added(value, name):
    """``[x]`` of ``name + [x]``."""
    is_sum = isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add) and isinstance(value.left, ast.Name) and value.left.id == name
    return value.right if is_sum and isinstance(value.right, ast.List) and value.right.elts and not _names(value.right, name) else None


def _names(node, name):
    return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(node))


def _is_own(flow, name, bindings, growing):
    """Whether the list is made here, and every use either grows it, reads it at once, or returns it."""
    if name in flow.parameters or flow.is_shared(name):
        return False
    if not all(s in growing or isinstance(v, (ast.List, ast.ListComp)) for s, v in bindings):
        return False
    for use in flow.uses(name):
        parent = flow.text.parents[use]
        if isinstance(parent, ast.Assign) and use in parent.targets:
            continue
        if isinstance(parent, ast.BinOp) and flow.text.parents[parent] in growing and parent.left is use:
            continue
        if not _reads(flow, use, parent, growing):
            return False
    return True


def _reads(flow, use, parent, growing):
    if isinstance(parent, ast.Call):
        return isinstance(parent.func, ast.Name) and parent.func.id in READERS and use in parent.args
    if isinstance(parent, ast.Subscript):
        return parent.value is use and isinstance(parent.ctx, ast.Load)
    if isinstance(parent, ast.Compare):
        return isinstance(parent.ops[0], (ast.In, ast.NotIn)) and parent.left is not use
    if isinstance(parent, ast.For):
        # A loop over the list goes on over what is added to it in place.
        return parent.iter is use and not any(g in ast.walk(parent) for g in growing)
    if isinstance(parent, ast.Return) or (isinstance(parent, ast.Tuple) and isinstance(flow.text.parents[parent], ast.Return)):
        return True
    return isinstance(parent, (ast.If, ast.While)) or (isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not))
