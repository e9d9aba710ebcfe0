"""The functions that call another one, as their code says it."""

from __future__ import annotations

import ast

from ..functions import definitions
from .files import Files, Place

WHOLE, AROUND, MOST = 40, 3, 4  # lines of a caller that is told whole, lines on each side of a call, calls of a longer one


def places(files: Files, path: str, name: str, line: int, called: str) -> list[Place]:
    """A short function whole; of a longer one its first lines, and those around its calls of ``called``."""
    file = files.at(path)
    node = None if file is None else definitions.find_node(file.tree, name, line)
    if file is None or node is None:
        return []
    first = definitions.first_line(node)
    if node.end_lineno - first < WHOLE:
        return [file.place(node)]
    calls = sorted({part.lineno for part in ast.walk(node) if isinstance(part, ast.Call) and called == (
        getattr(part.func, "id", None) or getattr(part.func, "attr", None))})
    found = [Place(file, first, node.body[0].lineno - 1)]
    for at in calls[:MOST]:
        start, end = max(at - AROUND, found[-1].last + 1), min(at + AROUND, node.end_lineno)
        if start <= end:
            found.append(Place(file, start, end))
    return found if len(found) > 1 else []
