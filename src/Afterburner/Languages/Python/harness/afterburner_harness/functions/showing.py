"""Pieces of code as a person may be shown them."""

from __future__ import annotations

import ast

_SHOWN = 80


def where(keyword: str, node: ast.AST, *pieces: str | ast.AST) -> str:
    """``the `if` on line 3 (`if a > b`)``, without the article."""
    named = "handler" if keyword == "except" else f"`{keyword}`"
    text = "".join(piece if isinstance(piece, str) else text_of(piece) for piece in pieces)
    return f"{named} on line {node.lineno} (`{shown(f'{keyword} {text}'.rstrip())}`)"


def text_of(node: ast.AST) -> str:
    """Source text of a node as a person may be shown it."""
    try:
        return shown(ast.unparse(node))
    except ValueError:  # an f-string that only newer versions can write
        return type(node).__name__


def place_of(node: ast.AST, part: ast.AST | None = None) -> tuple[int, int, str]:
    """Where an expression stands, and what it, or one part of it, says."""
    return node.lineno, node.col_offset, text_of(part or node)


def shown(text: str) -> str:
    """On one line, in plain characters, cut off: it may come from anybody."""
    text = " ".join(text.split()).encode("ascii", "backslashreplace").decode("ascii").replace("`", "'")
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
