"""``if x not in seen: seen.append(x)``: a set beside the list answers the question."""

from __future__ import annotations

import ast

from ..dataflow import UNHASHABLE, Flow, Observed, builtin
from ..text import FunctionText

ID = "seen-set"
TITLE = "Remember what was seen in a set beside the list"
WHY = "Each `in` scans the growing list, so the loop takes quadratic time; the set answers in constant time and the list keeps the order."
UNSAFE_WHEN = "elements are unhashable, or define `__eq__` without a matching `__hash__`"
GAIN = (0.79, 43)


def rewrite(text: FunctionText, observed: Observed) -> str | None:
    flow = Flow(text, observed)
    changed = False
    for name, bindings in flow.bindings.items():
        found = _sites(flow, observed, name, bindings)
        if found is None:
            continue
        builtin(flow, "set")
        lookups, appends = found
        beside = text.fresh(f"{name}_set")
        for statement, _ in bindings:
            text.insert_after(statement, f"{beside} = set()")
        for items in lookups:
            text.replace(items, beside)
        for statement in appends:
            text.insert_after(statement, f"{beside}.add({text.text(statement.value.args[0])})")
        changed = True
    return text.result() if changed else None


def _sites(flow, observed, name, bindings):
    """(list names in lookups, append statements), or None where the list is used in a way that the set would miss."""
    if name in flow.parameters or flow.is_shared(name) or not observed.hashable(name):
        return None
    if not all(isinstance(v, ast.List) and not v.elts for _, v in bindings):
        return None
    lookups, appends = [], []
    for use in flow.uses(name):
        parent = flow.text.parents[use]
        if isinstance(parent, ast.Attribute) and parent.attr == "append":
            call = flow.text.parents[parent]
            statement = flow.text.parents.get(call)
            if not isinstance(statement, ast.Expr) or len(call.args) != 1 or not _is_plain(call.args[0]) or not flow.may_hash(call.args[0]):
                return None
            if isinstance(call.args[0], ast.Name) and _comes_from_unhashable(flow, observed, call.args[0].id):
                return None
            appends.append(statement)
        elif isinstance(parent, ast.Compare) and parent.comparators[-1] is use and len(parent.ops) == 1 and isinstance(parent.ops[0], (ast.In, ast.NotIn)):
            if not flow.may_hash(parent.left):
                return None
            if flow.in_loop(use):
                lookups.append(use)
        elif isinstance(use.ctx, ast.Store):
            if not isinstance(parent, (ast.Assign, ast.AnnAssign)):
                return None
        elif not flow.is_reading(use):
            return None
    return (lookups, appends) if lookups and any(flow.in_loop(a) for a in appends) else None


def _is_plain(value):
    """Whether an expression may be written twice: no calls, nothing that is made anew each time."""
    return not any(isinstance(n, (ast.Call, ast.NamedExpr, ast.Await, ast.Yield, ast.GeneratorExp) + UNHASHABLE) for n in ast.walk(value))


def _comes_from_unhashable(flow, observed, name):
    loops = [s for s, _ in flow.bindings.get(name, ()) if isinstance(s, ast.For) and isinstance(s.target, ast.Name)]
    return any(isinstance(s.iter, ast.Name) and observed.hashable(s.iter.id) is False for s in loops)
