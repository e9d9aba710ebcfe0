"""Other modules of the repository that a file imports, as source. None of them is executed."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable

from ..functions.targets import WORK
from . import importing

_MOST_MODULES, _MOST_BYTES = 40, 400_000


class Elsewhere:
    """What the imports of one file lead to inside of the repository."""

    def __init__(self, path: str):
        self._folder = os.path.dirname(path)
        self._trees = {}
        self._known = {}

    def module(self, name: str) -> ast.Module | None:
        """A module by the name that the file has for it, with a dot in front for each level; None where it is none of the repository."""
        if name not in self._trees:
            is_full = sum(tree is not None for tree in self._trees.values()) >= _MOST_MODULES
            self._trees[name] = None if is_full else self._read(name)
        return self._trees[name]

    def once(self, module: ast.Module, find: Callable[[ast.Module], tuple]) -> tuple:
        """What is found in a module, looked for once."""
        if id(module) not in self._known:
            self._known[id(module)] = find(module)
        return self._known[id(module)]

    def holder(self, full: str) -> tuple[ast.Module | None, str]:
        """The module that a member is of, and its name there."""
        module, dot, name = full.rpartition(".")
        return self.module(module + dot if not module.strip(".") else module), name

    def imported(self, tree: ast.Module) -> list[ast.Module]:
        """The modules that the imports at the top of a file name, each once."""
        names = [name for part in tree.body if importing.is_import(part) for name in _modules(part)]
        return [module for module in map(self.module, dict.fromkeys(names)) if module is not None]

    def _read(self, name):
        level = len(name) - len(name.lstrip("."))
        parts = [part for part in name.split(".") if part]
        if not level and (not parts or importing.is_library(parts[0])):
            return None
        for folder in self._above(level):
            stem = os.path.join(WORK, folder, *parts)
            for file in (f"{stem}.py", os.path.join(stem, "__init__.py")):
                tree = _tree(file)
                if tree is not None:
                    return tree
        return None

    def _above(self, level):
        """Folders in which a module may lie: the one that so many dots mean, or any around the file."""
        around = [self._folder]
        while around[-1]:
            around.append(os.path.dirname(around[-1]))
        return around[level - 1:level] if level else around


def _modules(part):
    if isinstance(part, ast.Import):
        return [alias.name for alias in part.names]
    module = "." * part.level + (part.module or "")
    # What is imported from a package may be a module of it.
    return [module, *(f"{module}{'' if module.endswith('.') else '.'}{alias.name}" for alias in part.names if alias.name != "*")]


def _tree(file):
    real = os.path.realpath(file)
    try:
        if not real.startswith(os.path.realpath(WORK) + os.sep) or not os.path.isfile(real) or os.path.getsize(real) > _MOST_BYTES:
            return None
        with open(real, "rb") as opened:
            return ast.parse(opened.read())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
