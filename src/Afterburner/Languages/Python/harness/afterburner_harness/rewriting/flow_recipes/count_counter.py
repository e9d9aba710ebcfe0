"""``items.count(x)`` in a loop, where ``items`` does not change: count everything once."""

from __future__ import annotations

import ast

from ..dataflow import Flow, Observed
from ..text import FunctionText

ID = "count-counter"
TITLE = "Count all elements once"
WHY = "`count` scans the whole list each time, so the loop takes quadratic time; a Counter scans it once."
UNSAFE_WHEN = "elements or the value counted are unhashable, or define `__eq__` without a matching `__hash__`"
GAIN = (1.8, 73)


def rewrite(text: FunctionText, observed: Observed) -> str | None:
    flow = Flow(text, observed)
    sites = {}
    for node in flow.own:
        name = _counted(flow, node)
        if name is None or not flow.is_sequence(name) or flow.is_shared(name):
            continue
        if isinstance(node, ast.Call):
            if not flow.may_hash(node.args[0]):
                continue
            site = flow.hoisting_site(node, name)
        else:
            site = text.statement(node)
            if not isinstance(site, (ast.Assign, ast.AnnAssign, ast.Return, ast.Expr)):
                continue
            site = flow.hoisting_site(node, name) or site
            if not flow.is_bound_before(site, name):
                continue
        if site is not None:
            sites.setdefault((site, name), []).append(node)
    if not sites:
        return None
    for (site, name), counts in flow.shared_sites(sites).items():
        counter = text.imported("collections", "Counter")
        table = text.fresh(f"{name}_counts")
        text.insert_before(site, f"{table} = {counter}({name})")
        for node in counts:
            text.replace(node, f"{table}[{text.text(node.args[0])}]" if isinstance(node, ast.Call) else f"{table}.__getitem__")
    return text.result()


def _counted(flow, node):
    """The list in ``items.count(x)``, or in ``key=items.count`` of max, min or sorted."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "count":
        is_plain = len(node.args) == 1 and not node.keywords and not isinstance(node.args[0], ast.Starred)
        return node.func.value.id if is_plain and isinstance(node.func.value, ast.Name) else None
    if isinstance(node, ast.Attribute) and node.attr == "count" and isinstance(node.value, ast.Name):
        keyword = flow.text.parents[node]
        call = flow.text.parents.get(keyword)
        if isinstance(keyword, ast.keyword) and keyword.arg == "key" and isinstance(call.func, ast.Name) and call.func.id in ("max", "min", "sorted"):
            return node.value.id
    return None
