"""``sum(values)``, ``set(values)`` and the like in a loop that does not change ``values``: compute it once, before the loop."""

from __future__ import annotations

import ast

from ..dataflow import COMPREHENSIONS, Flow, Observed, builtin
from ..text import FunctionText

ID = "invariant-hoist"
TITLE = "Compute once what every round of the loop computes again"
WHY = "The call goes through all elements at each step, so the loop takes quadratic time; its answer never changes."
UNSAFE_WHEN = "adding or comparing the elements has effects, or fails on values that the loop would not have reached"
GAIN = (2.6, 100)

CONTAINERS = {"list", "tuple", "set", "frozenset", "dict"}


def rewrite(text: FunctionText, observed: Observed) -> str | None:
    flow = Flow(text, observed)
    sites = {}
    for node in flow.own:
        name = _argument(flow, node)
        if name is None or flow.is_shared(name) or not _is_container(flow, name):
            continue
        site = flow.hoisting_site(node, name)
        if site is not None and (node.func.id not in ("min", "max") or _goes_through(site, name)):
            sites.setdefault((site, name, node.func.id), []).append(node)
    if not sites:
        return None
    for (site, name, function), calls in sites.items():
        builtin(flow, function)
        value = text.fresh(f"{name}_{function}")
        # Of nothing there is no largest; the loop would not have asked.
        rest = ", default=None" if function in ("min", "max") else ""
        text.insert_before(site, f"{value} = {function}({name}{rest})")
        for call in calls:
            text.replace(call, value)
    return text.result()


def _argument(flow, node):
    """The name in ``sum(name)``, ``min(name)``, ``max(name)``, and in ``x in set(name)``, where nobody keeps the set."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or len(node.args) != 1 or node.keywords:
        return None
    if not isinstance(node.args[0], ast.Name):
        return None
    parent = flow.text.parents[node]
    if node.func.id in ("set", "frozenset"):
        is_asked = isinstance(parent, ast.Compare) and parent.left is not node and isinstance(parent.ops[0], (ast.In, ast.NotIn))
        return node.args[0].id if is_asked and flow.observed.hashable(node.args[0].id) is not False else None
    return node.args[0].id if node.func.id in ("sum", "min", "max") else None


def _is_container(flow, name):
    """A container (an iterator would be used up) of enough elements."""
    types = flow.types(name)
    return bool(types) and types <= CONTAINERS and flow.is_long(name) and not flow.has_alias(name)


def _goes_through(site, name):
    """Whether the loop runs over the name itself: then it does not run when there is nothing in it."""
    if isinstance(site, ast.For):
        return isinstance(site.iter, ast.Name) and site.iter.id == name
    loops = [n for n in ast.walk(site) if isinstance(n, COMPREHENSIONS)]
    return len(loops) == 1 and isinstance(loops[0].generators[0].iter, ast.Name) and loops[0].generators[0].iter.id == name
