"""A constant pattern used through the ``re`` module in a loop: compile it before the loop."""

from __future__ import annotations

import ast

from ..dataflow import Flow, Observed
from ..text import FunctionText

ID = "regex-hoist"
TITLE = "Compile the pattern before the loop"
WHY = "Each call of a function of `re` looks its pattern up in a cache; a compiled pattern is called at once."
UNSAFE_WHEN = "tests replace functions of `re`, or the loop does not run and the pattern is invalid"
GAIN = (1.6, 2.2)

ARGUMENTS = {"match": 2, "search": 2, "fullmatch": 2, "findall": 2, "finditer": 2, "split": 2, "sub": 3, "subn": 3}


def rewrite(text: FunctionText, observed: Observed) -> str | None:
    flow = Flow(text, observed)
    module = text.module.provides("re")
    if module is None or module in flow.bindings or module in flow.parameters:
        return None
    compiled = {}
    for node in flow.own:
        if not isinstance(node, ast.Call) or not _is_constant(node, module):
            continue
        site = flow.hoisting_site(node)
        if site is None:
            continue
        pattern = text.text(node.args[0])
        if (site, pattern) not in compiled:
            compiled[site, pattern] = text.fresh("pattern")
            text.insert_before(site, f"{compiled[site, pattern]} = {module}.compile({pattern})")
        text.replace(node.func.value, compiled[site, pattern])
        text.replace_range(text.start(node.args[0]), text.start(node.args[1]), "")
    return text.result() if compiled else None


def _is_constant(node, module):
    return (
        isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == module
        and len(node.args) == ARGUMENTS.get(node.func.attr)
        and not node.keywords
        and not any(isinstance(a, ast.Starred) for a in node.args)
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, (str, bytes))
    )
