"""``items.index(x)`` in a loop, where ``items`` does not change: look the position up in a dict made once."""

from __future__ import annotations

import ast

from ..dataflow import Flow, Observed, builtin
from ..text import FunctionText

ID = "index-dict"
TITLE = "Look positions up in a dict made once"
WHY = "`index` scans the list from its start each time, so the loop takes quadratic time; the dict answers at once."
UNSAFE_WHEN = "elements or the value looked for are unhashable, or define `__eq__` without a matching `__hash__`"
GAIN = (0.43, 20)


def rewrite(text: FunctionText, observed: Observed) -> str | None:
    flow = Flow(text, observed)
    sites = {}
    for node in flow.own:
        name = _searched(node)
        if name is None or not flow.is_sequence(name) or flow.is_shared(name) or not flow.may_hash(node.args[0]):
            continue
        site = flow.hoisting_site(node, name)
        if site is not None:
            sites.setdefault((site, name), []).append(node)
    if not sites:
        return None
    for needed in ("enumerate", "reversed", "list"):
        builtin(flow, needed)
    for (site, name), searches in flow.shared_sites(sites).items():
        table = text.fresh(f"{name}_positions")
        text.insert_before(site, f"{table} = {{item: position for position, item in reversed(list(enumerate({name})))}}")
        for node in searches:
            value = text.text(node.args[0])
            # The list itself raises where the value is not in it: the same error with the same words.
            found = f"{table}[{value}] if {value} in {table} else {text.text(node)}"
            stands_alone = isinstance(text.parents[node], (ast.Assign, ast.Return)) or (
                isinstance(text.parents[node], ast.Call) and node in text.parents[node].args)
            text.replace(node, found if stands_alone else f"({found})")
    return text.result()


def _searched(node):
    """The list in ``items.index(x)``, where ``x`` may be written three times."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "index":
        return None
    if len(node.args) != 1 or node.keywords or not isinstance(node.func.value, ast.Name):
        return None
    is_plain = all(isinstance(n, (ast.Name, ast.Constant, ast.Tuple, ast.expr_context)) for n in ast.walk(node.args[0]))
    return node.func.value.id if is_plain else None
