"""``out = out + [x]`` in a loop copies the list each time: a list that nobody else holds can grow in place."""

from __future__ import annotations

import ast

from ..dataflow import Flow, Observed
from ..owned import is_list, makes_list, may_follow
from ..text import FunctionText

ID = "list-concat"
TITLE = "Let the list grow in place"
WHY = "`out + [x]` copies everything collected so far, so the loop takes quadratic time; appending does not."
UNSAFE_WHEN = "what is added was a list in all tests and can be something else: `+` refuses what is no list, a list that grows in place takes it"
GAIN = (1.4, 30)

READERS = {"len", "sum", "min", "max", "sorted", "list", "tuple", "set", "frozenset", "any", "all", "str", "repr", "bool", "print"}
METHODS = {"append", "extend", "insert", "remove", "pop", "sort", "reverse", "clear", "index", "count", "copy"}


def rewrite(text: FunctionText, observed: Observed) -> str | None:
    flow = Flow(text, observed)
    changed = False
    for name, bindings in flow.bindings.items():
        growing = [s for s, v in bindings if isinstance(s, ast.Assign) and _is_added(flow, v, name)]
        if not any(flow.in_loop(s) for s in growing) or not _is_own(flow, name, bindings, growing):
            continue
        for statement in growing:
            text.replace(statement, _grown(text, name, statement.value.right))
        changed = True
    return text.result() if changed else None


def _grown(text, name, added):
    if isinstance(added, ast.List) and len(added.elts) == 1 and not isinstance(added.elts[0], ast.Starred):
        inner = text.text(added.elts[0])
        return f"{name}.append(({inner}))" if isinstance(added.elts[0], (ast.Yield, ast.NamedExpr)) else f"{name}.append({inner})"
    inner = text.text(added)
    # The parentheses round it are not part of the expression.
    return f"{name} += ({inner})" if isinstance(added, (ast.BinOp, ast.IfExp)) and "\n" in inner else f"{name} += {inner}"


def _is_added(flow, value, name):
    """Whether a value is ``name`` and a list added to it."""
    is_sum = isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add) and isinstance(value.left, ast.Name) and value.left.id == name
    if not is_sum or any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(value.right)):
        return False
    return not (isinstance(value.right, ast.List) and not value.right.elts) and is_list(flow, value.right)


def _is_own(flow, name, bindings, growing):
    """Whether the list is made here, and every use either grows it, reads it at once, or comes when it grows no more."""
    if name in flow.parameters or flow.is_shared(name):
        return False
    fresh = [s for s, _ in bindings if s not in growing]
    if not all(s in growing or makes_list(flow, v) for s, v in bindings):
        return False
    for use in flow.uses(name):
        parent = flow.text.parents[use]
        if isinstance(use.ctx, ast.Store) and isinstance(parent, (ast.Assign, ast.AnnAssign)):
            continue
        if isinstance(parent, ast.BinOp) and flow.text.parents[parent] in growing and parent.left is use:
            continue
        if not _reads(flow, use, parent, growing) and any(may_follow(flow, use, s, fresh) for s in growing):
            return False
    return True


def _reads(flow, use, parent, growing):
    """Whether a use leaves no other name for the list; what it stores into the list, it stores into the function's own."""
    if isinstance(parent, ast.Call):
        return isinstance(parent.func, ast.Name) and parent.func.id in READERS and use in parent.args
    if isinstance(parent, ast.Attribute):
        call = flow.text.parents[parent]
        return parent.attr in METHODS and isinstance(call, ast.Call) and call.func is parent
    if isinstance(parent, ast.Subscript):
        return parent.value is use
    if isinstance(parent, ast.Compare):
        return isinstance(parent.ops[0], (ast.In, ast.NotIn)) and parent.left is not use
    if isinstance(parent, ast.For):
        # A loop over the list goes on over what is added to it in place.
        return parent.iter is use and not any(g in ast.walk(parent) for g in growing)
    if isinstance(parent, ast.comprehension):
        return parent.iter is use and not isinstance(flow.text.parents[parent], ast.GeneratorExp)
    if isinstance(parent, ast.Return) or (isinstance(parent, ast.Tuple) and isinstance(flow.text.parents[parent], ast.Return)):
        return not any(g in ast.walk(s) for _, p in flow.text.ancestors(use) for s in getattr(p, "finalbody", ()) for g in growing)
    if isinstance(parent, (ast.If, ast.While, ast.IfExp)):
        return parent.test is use
    return isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not)
