"""Pattern recipes: texts for parts of a function, found by a pattern elsewhere, put in their place."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from .text import FunctionText, NoRewrite, bound_names

_LOOSE = (ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Lambda, ast.UnaryOp, ast.Await, ast.NamedExpr)


def apply_pattern(text: FunctionText, edits: list[tuple[int, int, str]], builtins: Iterable[str], imports: Iterable[str]) -> str | None:
    """Applies the edits of one pattern recipe: expressions for expressions, statements for statements.

    An edit is ``(start, end, replacement)`` in bytes of the function's source. Replacements that bind more loosely
    than their surroundings get parentheses.
    """
    shadowed = set(builtins) & (bound_names(text.node) | text.module.names)
    if shadowed:
        raise NoRewrite(f"{sorted(shadowed)[0]} is not the builtin here")
    head = len(text.head.encode())
    spans = {}
    for node in ast.walk(text.node):
        if isinstance(node, (ast.expr, ast.stmt)):
            spans.setdefault((text.start(node), text.end(node)), node)
    last = -1
    for start, end, replacement in sorted(edits, key=lambda e: (e[0], -e[1])):
        if start + head < last:
            continue  # inside an expression that was already rewritten
        last = end + head
        node = spans.get((start + head, end + head))
        text.replace_range(start + head, end + head, _fitting(text, node, replacement))
    for line in imports:
        _import_line(text, line)
    return text.result()


def _fitting(text, node, replacement):
    try:
        value = ast.parse(replacement, mode="eval").body
    except SyntaxError:
        if isinstance(node, ast.stmt) or node is None:
            return replacement
        raise NoRewrite("the replacement is no expression") from None
    if node is None or isinstance(node, ast.stmt) or not isinstance(value, _LOOSE) or replacement.startswith("("):
        return replacement
    parent = text.parents[node]
    tight = isinstance(parent, _LOOSE + (ast.Subscript, ast.Attribute, ast.Starred)) or (isinstance(parent, ast.Call) and parent.func is node)
    return f"({replacement})" if tight and getattr(parent, "slice", None) is not node else replacement


def _import_line(text, line):
    alias = ast.parse(line).body[0]
    module, name = alias.module, alias.names[0].name
    if text.module.provides(module, name) == name and name not in bound_names(text.node):
        return
    if name in text.taken:
        raise NoRewrite(f"{name} means something else here")
    text.add_import(line)
