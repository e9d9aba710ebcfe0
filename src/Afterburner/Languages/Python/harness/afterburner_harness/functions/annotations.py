"""What annotations say of the values that a parameter takes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

GONE_THROUGH = frozenset(("Iterable", "Collection", "Container", "Reversible", "Sequence"))  # a text is each of them
_OTHERS = frozenset(("int", "float", "bool", "complex", "bytes", "list", "tuple", "dict", "set", "frozenset"))
_MARKS = frozenset(("Annotated", "Final", "Required", "NotRequired"))
_UNIONS = frozenset(("Union", "Optional"))


def of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, ast.expr]:
    """The annotations of a definition, by the name of their parameter; that of further arguments (``*args``) is of each of them and left out."""
    arguments = node.args
    return {each.arg: each.annotation for each in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs] if each.annotation is not None}


def members(declared: ast.expr) -> Iterator[tuple[str, list[ast.expr]]]:
    """``(name, arguments)`` of what a union has, or of an annotation alone."""
    if isinstance(declared, ast.Constant) and isinstance(declared.value, str):
        try:
            declared = ast.parse(declared.value, mode="eval").body
        except (SyntaxError, ValueError, RecursionError):
            return
    if isinstance(declared, ast.BinOp) and isinstance(declared.op, ast.BitOr):
        yield from members(declared.left)
        yield from members(declared.right)
        return
    inner = []
    if isinstance(declared, ast.Subscript):
        inner = declared.slice.elts if isinstance(declared.slice, ast.Tuple) else [declared.slice]
        declared = declared.value
    name = declared.attr if isinstance(declared, ast.Attribute) else getattr(declared, "id", "None" if isinstance(declared, ast.Constant) else "")
    if name in _MARKS and inner:
        yield from members(inner[0])
        return
    if name in _UNIONS:
        for each in inner:
            yield from members(each)
        inner = []
        name = "None" if name == "Optional" else ""
    if name:
        yield name, inner


def takes_text(declared: ast.expr) -> bool:
    """Whether a text may be given where others give a list: not where the items are said to be something else."""
    return any(name == "str" or (name in GONE_THROUGH and _is_of_texts(inner)) for name, inner in members(declared))


def _is_of_texts(inner):
    return not inner or (isinstance(inner[0], (ast.Name, ast.Attribute, ast.Constant)) and getattr(inner[0], "id", "") not in _OTHERS)
