"""The functions that lead to a call, as the stack has them."""

from __future__ import annotations

import ast
import functools
import os
import types

from ..functions.targets import WORK

_FRAMES = 200


def calling_code(frame: types.FrameType) -> types.CodeType | None:
    """The code that called: comprehensions and lambdas count as the function that holds them."""
    frame = frame.f_back
    while frame is not None and frame.f_code.co_name.startswith("<") and frame.f_code.co_name != "<module>":
        frame = frame.f_back
    return None if frame is None else frame.f_code


def codes(frame: types.FrameType) -> list[types.CodeType]:
    """The codes that lead to a call, from the one that made it outwards, up to so many frames."""
    found, frame = [], frame.f_back
    while frame is not None and len(found) < _FRAMES:
        if not frame.f_code.co_name.startswith("<"):
            found.append(frame.f_code)
        frame = frame.f_back
    return found


def told(counts: dict[types.CodeType, int]) -> list[dict]:
    """Functions inside the repository that can be addressed themselves, in their order."""
    found = []
    for code, count in counts.items():
        path = os.path.realpath(code.co_filename)
        if not path.startswith(WORK + os.sep) or not os.path.isfile(path):
            continue
        name = _qualified_name(path, code.co_firstlineno)
        if name is not None:
            found.append({"path": os.path.relpath(path, WORK), "name": name, "line": code.co_firstlineno, "calls": count})
    return found


def _qualified_name(path: str, line: int) -> str | None:
    """Name of the function (not inside another function) whose first line, decorators included, is `line`."""
    try:
        with open(path, "rb") as file:
            return _names(file.read()).get(line)
    except (OSError, SyntaxError, ValueError):
        return None


# Hundreds of functions of a file are asked for, each by many that it leads to.
@functools.lru_cache(maxsize=64)
def _names(text: bytes) -> dict[int, str]:
    """First line to name of the functions of a file that are in no other function."""
    found, waiting = {}, [("", ast.parse(text))]
    while waiting:
        prefix, node = waiting.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                found.setdefault(min([child.lineno, *(d.lineno for d in child.decorator_list)]), prefix + child.name)
            elif isinstance(child, ast.ClassDef):
                waiting.append((prefix + child.name + ".", child))
            else:
                waiting.append((prefix, child))
    return found
