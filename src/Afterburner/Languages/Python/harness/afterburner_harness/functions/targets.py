"""Functions under review: where they are, and whether they can be reached there."""

from __future__ import annotations

import ast
import functools
import os
from collections import namedtuple

from . import definitions

WORK = os.environ.get("AFTERBURNER_WORK", "/work")


class NotAddressable(Exception):
    """The target cannot be found or is defined where it cannot be reached; the message is for a person."""


class Target(namedtuple("Target", "path name line")):
    """A function of a file under the working tree: its qualified name, and the line it starts at."""

    __slots__ = ()

    @staticmethod
    def of(request: dict) -> Target:
        return Target(request["path"], request["name"], request["line"])

    @property
    def id(self) -> str:
        """Its key: a file may hold a name more than once (a getter and a setter, overloads, the branches of a condition)."""
        return f"{self.path}::{self.name}@{self.line}"

    @property
    def file(self) -> str:
        return os.path.realpath(os.path.join(WORK, self.path))


def check_addressable(target: Target) -> None:
    """Raises ``NotAddressable`` when the target's file does not hold it where it can be reached; imports nothing."""
    try:
        with open(target.file, "rb") as file:
            tree = _parsed(file.read())
    except (OSError, SyntaxError, ValueError) as error:
        raise NotAddressable(f"{target.path} cannot be read as Python: {error}") from error
    if definitions.find_node(tree, target.name, target.line) is None:
        raise NotAddressable(_why_missing(tree, target))


# A file has hundreds of functions, and each of them is asked for.
@functools.lru_cache(maxsize=8)
def _parsed(text: bytes) -> ast.Module:
    return ast.parse(text)


def _why_missing(tree, target):
    last = definitions.parts(target.name)[-1]
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for inner in ast.walk(node):
                if inner is not node and getattr(inner, "name", None) == last and definitions.first_line(inner) == target.line:
                    return f"{target.name} is defined inside {node.name}: review the enclosing function instead"
    return f"there is no function {target.name} at line {target.line} of {target.path}"
