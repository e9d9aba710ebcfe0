"""What the form of an expression tells by itself, without the function around it."""

from __future__ import annotations

import ast


def kind(value: ast.AST | None) -> str | None:
    """The type of an expression where its form alone tells, else None."""
    if isinstance(value, (ast.List, ast.ListComp)):
        return "list"
    if isinstance(value, ast.Tuple):
        return "tuple"
    if isinstance(value, (ast.Set, ast.SetComp)):
        return "set"
    if isinstance(value, (ast.Dict, ast.DictComp)):
        return "dict"
    if isinstance(value, ast.JoinedStr):
        return "str"
    if isinstance(value, ast.Constant):
        return type(value.value).__name__
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return {"sorted": "list"}.get(value.func.id, value.func.id if value.func.id in ("list", "tuple", "set", "dict", "str", "bytes") else None)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        method = value.func.attr
        return "list" if method in ("split", "rsplit", "splitlines", "readlines") else None
    return None


def drawn_from(value: ast.AST | None) -> str | None:
    """The name whose elements, or some of them, make a list: ``rows`` of ``[r for r in rows if r]``, of ``list(enumerate(rows))``."""
    if isinstance(value, ast.ListComp):
        value = value.generators[0].iter
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.args and value.func.id in (
            "list", "tuple", "sorted", "reversed", "enumerate", "zip"):
        value = value.args[0]
    return value.id if isinstance(value, ast.Name) else None
