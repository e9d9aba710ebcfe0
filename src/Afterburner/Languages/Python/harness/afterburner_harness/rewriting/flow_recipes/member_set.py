"""``x in items`` in a loop, where ``items`` does not change: look up in a set made once."""

from __future__ import annotations

import ast

from ..dataflow import Flow, Observed, builtin
from ..text import FunctionText

ID = "member-set"
TITLE = "Look up in a set made once instead of scanning a list in a loop"
WHY = "`in` on a list or tuple compares element by element; on a set it takes one hash, however many elements there are."
UNSAFE_WHEN = "elements or the value looked up are unhashable, or define `__eq__` without a matching `__hash__`"
GAIN = (1.3, 57)


def rewrite(text: FunctionText, observed: Observed) -> str | None:
    flow = Flow(text, observed)
    sites = {}
    for node in flow.own:
        if not isinstance(node, ast.Compare) or len(node.ops) != 1 or not isinstance(node.ops[0], (ast.In, ast.NotIn)):
            continue
        items = node.comparators[0]
        if not isinstance(items, ast.Name) or not flow.is_sequence(items.id) or not flow.may_hash(node.left):
            continue
        if flow.is_shared(items.id):
            continue
        site = flow.hoisting_site(node, items.id)
        if site is not None:
            sites.setdefault((site, items.id), []).append(items)
    if not sites:
        return None
    builtin(flow, "set")
    for (site, name), lookups in flow.shared_sites(sites).items():
        fast = text.fresh(f"{name}_set")
        text.insert_before(site, f"{fast} = set({name})")
        for items in lookups:
            text.replace(items, fast)
    return text.result()
