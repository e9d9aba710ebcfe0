"""Files of the repository as text and as trees, found by path and by the names of modules. Nothing is imported or run.

What is read was written by others: files are regular ones inside the working tree, of limited size and number.
"""

from __future__ import annotations

import ast
import os
import tokenize
from collections.abc import Iterable

from ..functions import definitions
from ..functions.targets import WORK

LARGEST, MOST = 1 << 20, 24  # bytes of a file, and files that are read
LONGEST = 80  # lines of one piece; of a longer one the first are told
_HOPS = 5
_IMPORTS = (ast.Import, ast.ImportFrom)


class Place:
    """Lines of a file."""

    __slots__ = ("file", "first", "last")

    def __init__(self, file: File, first: int, last: int):
        self.file, self.first, self.last = file, first, min(last, first + LONGEST - 1, len(file.lines))

    def as_json(self) -> dict:
        return {"path": self.file.path, "line": self.first, "text": "\n".join(self.file.lines[self.first - 1:self.last])}


class File:
    """One file, and the statements that bind its names."""

    def __init__(self, path: str, text: str):
        self.path, self.lines = path, text.split("\n")
        self.tree = ast.parse(text)
        self.bound = {}
        self.stars = []
        for statement in definitions.statements(self.tree.body):
            for name in bound_by(statement):
                self.bound.setdefault(name, []).append(statement)
            if isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*":
                self.stars.append(statement)

    def place(self, node: ast.AST) -> Place:
        return Place(self, definitions.first_line(node), node.end_lineno)


class Files:
    """The files of the working tree. ``paths``: where modules are looked for, relative to it."""

    def __init__(self, paths: Iterable[str], root: str = WORK):
        self._root = os.path.realpath(root)
        self._paths = list(paths)
        self._known = {}

    def at(self, path: str) -> File | None:
        """A file by its path, relative to the working tree; None where it is none of it, or cannot be read as Python."""
        real = os.path.realpath(os.path.join(self._root, path))
        if real not in self._known:
            self._known[real] = self._read(real) if len(self._known) < MOST else None
        return self._known[real]

    def _read(self, real):
        try:
            if not self._is_file(real) or os.path.getsize(real) > LARGEST:
                return None
            with tokenize.open(real) as file:
                return File(os.path.relpath(real, self._root).replace(os.sep, "/"), file.read())
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    def _is_file(self, path):
        path = os.path.realpath(path)
        return path.startswith(self._root + os.sep) and os.path.isfile(path)

    def module(self, name: str, level: int = 0, beside: File | None = None) -> File | None:
        """The file of a module by its dotted name, as ``beside`` would import it."""
        if level and beside is not None:
            base = os.path.dirname(beside.path)
            for _ in range(level - 1):
                base = os.path.dirname(base)
            bases = [base]
        else:
            bases = self._paths
        parts = name.split(".") if name else []
        for base in bases:
            place = os.path.join(self._root, base, *parts)
            for path in ([f"{place}.py"] if parts else []) + [os.path.join(place, "__init__.py")]:
                if self._is_file(path):
                    return self.at(path)
        return None

    def definition(self, file: File, name: str, hops: int = _HOPS) -> list[tuple[File, ast.stmt]]:
        """Where a name of a file is made: statements of the repository that are no imports."""
        found = []
        for statement in file.bound.get(name, ()) or (file.stars if hops else ()):
            if not isinstance(statement, _IMPORTS):
                found.append((file, statement))
            elif hops and isinstance(statement, ast.ImportFrom):
                origin = self.module(statement.module or "", statement.level, file)
                wanted = next((alias.name for alias in statement.names if (alias.asname or alias.name) == name), name)
                if origin is not None and (origin is not file or wanted != name):
                    found += self.definition(origin, wanted, hops - 1)
        return found

    def imported(self, file: File, chain: list[str]) -> tuple[File, int] | None:
        """The module that the start of a dotted name is, and how many of its parts name it."""
        for statement in file.bound.get(chain[0], ()):
            for alias in statement.names if isinstance(statement, _IMPORTS) else ():
                if isinstance(statement, ast.ImportFrom):
                    if (alias.asname or alias.name) == chain[0]:
                        dotted = f"{statement.module}.{alias.name}" if statement.module else alias.name
                        return self._longest(dotted.split("."), chain[1:], statement.level, file, 1)
                elif alias.asname == chain[0]:
                    return self._longest(alias.name.split("."), chain[1:], 0, file, 1)
                elif not alias.asname and alias.name.partition(".")[0] == chain[0]:
                    return self._longest(chain[:1], chain[1:], 0, file, 1)
        return None

    def _longest(self, start, rest, level, file, used):
        for count in range(len(rest), -1, -1):
            found = self.module(".".join([*start, *rest[:count]]), level, file)
            if found is not None:
                return found, used + count
        return None


def bound_by(statement: ast.stmt) -> list[str]:
    """Names that a statement binds where it stands, those inside of its blocks left out."""
    if isinstance(statement, _IMPORTS):
        return [alias.asname or (alias.name.partition(".")[0] if isinstance(statement, ast.Import) else alias.name) for alias in statement.names]
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [statement.name]
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None) or getattr(statement, "name", None)]
    targets += [item.optional_vars for item in getattr(statement, "items", ())]
    return [
        part.id for target in targets if isinstance(target, ast.AST) for part in ast.walk(target)
        if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load)]
