"""``if x not in seen: seen.append(x)``: a set beside the list answers the question."""

from __future__ import annotations

import ast

from ..dataflow import UNHASHABLE, Flow, Observed, builtin
from ..owned import comes_back, may_follow
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
        if name in flow.parameters or flow.is_shared(name) or not observed.hashable(name):
            continue
        for made, found in _lists(flow, name, bindings):
            builtin(flow, "set")
            lookups, grown = found
            beside = text.fresh(f"{name}_set")
            for statement in made:
                text.insert_after(statement, f"{beside} = set()")
            for items in lookups:
                text.replace(items, beside)
            for statement in grown:
                text.insert_after(statement, _remembered(flow, name, beside, statement))
            changed = True
    return text.result() if changed else None


def _remembered(flow, name, beside, statement):
    """The statement that tells the set what one told the list: nothing is evaluated twice that may differ then."""
    value = statement.value.args[0]
    if statement.value.func.attr == "append":
        return f"{beside}.add({flow.text.text(value)})"
    return f"{beside}.update({flow.text.text(value) if _is_told_twice(flow, value) else name})"


def _lists(flow, name, bindings):
    """(statements that make an empty list, its sites): all lists of the name, or each that is used in the block it is made in."""
    empty = [s for s, v in bindings if isinstance(v, ast.List) and not v.elts]
    if len(empty) == len(bindings):
        found = _sites(flow, flow.uses(name), empty)
        if found is not None:
            return [(empty, found)]
    each = []
    for statement in empty:
        if not any(s is not statement and flow.is_followed_by(statement, flow.text.statement(s)) for s, _ in bindings):
            below = [u for u in flow.uses(name) if u is not _target(statement) and flow.is_followed_by(statement, flow.text.statement(u))]
            each.append(([statement], _sites(flow, below, [statement])))
    return [(made, found) for made, found in each if found is not None]


def _target(statement):
    return statement.target if isinstance(statement, ast.AnnAssign) else statement.targets[0]


def _sites(flow, uses, made):
    """(list names in lookups, statements that add), or None where the list is used in a way that the set would miss."""
    lookups, grown, others = [], [], []
    for use in uses:
        parent = flow.text.parents[use]
        if isinstance(parent, ast.Attribute) and _is_addition(flow, parent, use.id, made):
            grown.append(flow.text.statement(use))
        elif isinstance(parent, ast.Compare) and parent.comparators[-1] is use and len(parent.ops) == 1 and isinstance(parent.ops[0], (ast.In, ast.NotIn)):
            if not flow.may_hash(parent.left):
                return None
            if flow.in_loop(use):
                lookups.append(use)
        elif isinstance(use.ctx, ast.Store):
            if parent not in made and not (isinstance(parent, ast.AnnAssign) and parent.value is None):
                return None
        elif not flow.is_reading(use):
            others.append(use)
    # Whatever becomes of the list when nothing is looked up any more, the set need not know.
    if any(may_follow(flow, use, lookup, made) for use in others for lookup in lookups):
        return None
    return (lookups, grown) if lookups and any(flow.in_loop(s) for s in grown) else None


def _is_addition(flow, method, name, made):
    """Whether ``name.append`` or ``name.extend`` is called for itself alone, with what the set can be told too."""
    call = flow.text.parents[method]
    if not isinstance(call, ast.Call) or not isinstance(flow.text.parents[call], ast.Expr) or len(call.args) != 1 or call.keywords:
        return False
    value = call.args[0]
    if any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(value)):
        return False
    if method.attr == "append":
        return _is_told(flow, value) and not (isinstance(value, ast.Name) and _comes_from_unhashable(flow, value.id))
    return method.attr == "extend" and _extends(flow, call, value, made)


def _extends(flow, call, value, made):
    if isinstance(value, ast.Starred) or (isinstance(value, ast.Name) and flow.observed.hashable(value.id) is False):
        return False
    elements = getattr(value, "elts", None) or [getattr(value, "elt", None)]
    if any(isinstance(e, UNHASHABLE) for e in elements):
        return False
    if _is_told_twice(flow, value):
        return True
    # One that fails half way leaves the list longer and the set as it was: nobody may come back to them.
    is_caught = any(type(p).__name__ in ("Try", "TryStar", "With", "AsyncWith") for _, p in flow.text.ancestors(call))
    return not comes_back(flow, call, call, made) and not (is_caught and not isinstance(value, ast.ListComp))


def _is_told(flow, value):
    return _is_plain(value) and flow.may_hash(value)


def _is_told_twice(flow, value):
    """A container that can be gone through twice, and without an error."""
    if isinstance(value, (ast.List, ast.Tuple)):
        return all(_is_told(flow, e) and not isinstance(e, ast.Starred) for e in value.elts)
    types = flow.types(value.id) if isinstance(value, ast.Name) else None
    return bool(types) and types <= {"list", "tuple", "set", "frozenset", "dict", "str"}


def _is_plain(value):
    """Whether an expression may be written twice: no calls, nothing that is made anew each time."""
    return not any(isinstance(n, (ast.Call, ast.NamedExpr, ast.Await, ast.Yield, ast.GeneratorExp) + UNHASHABLE) for n in ast.walk(value))


def _comes_from_unhashable(flow, name):
    loops = [s for s, _ in flow.bindings.get(name, ()) if isinstance(s, ast.For) and isinstance(s.target, ast.Name)]
    return any(isinstance(s.iter, ast.Name) and flow.observed.hashable(s.iter.id) is False for s in loops)
