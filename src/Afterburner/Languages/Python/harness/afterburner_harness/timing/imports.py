"""What the imports that a version of a file adds take each process that loads it.

Nothing of the repository is loaded: fresh processes import what the file and those of the repository that it imports need of the standard
library, with what is new and without, in turn.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Callable, Iterable, Iterator

from ..functions.targets import WORK

PAIRS = 9
MOST_FILES = 500


def main(request: dict, emit: Callable[[dict], None]) -> None:
    """Answers with ``imported``."""
    before, after = (modules(request[name], request["path"]) for name in ("file", "candidateFile"))
    added = [name for name in after if name not in before]
    known = [name for name in closure(before, request["path"]) if is_standard(name)]
    emit({"type": "imported", "seconds": seconds(known, added) if all(map(is_standard, added)) else None})
    emit({"type": "done"})


def modules(text: str, path: str) -> list[str]:
    """Full names of the modules that a file imports, wherever in it, each once; those beside it by its path."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return []
    package = path.split("/")[:-1]
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            near = package[: len(package) - node.level + 1] if node.level else []
            name = ".".join([*near, *([node.module] if node.module else [])])
            # What is imported from a package may be a module of it.
            found += [name] * bool(name) + [f"{name}.{alias.name}" for alias in node.names if name and not is_standard(name)]
    return list(dict.fromkeys(found))


def closure(names: list[str], path: str) -> list[str]:
    """Modules that are loaded where some are: of the repository those too that its files import, as far as their texts say."""
    found, files, open_ = dict.fromkeys(names), {path}, [(name, path) for name in names]
    while open_ and len(files) < MOST_FILES:
        name, by = open_.pop()
        for file in _files(name, by):
            if file in files:
                continue
            files.add(file)
            inner = modules(_text(file), file)
            open_ += [(other, file) for other in inner]
            found.update(dict.fromkeys(inner))
    return list(found)


def _files(name: str, by: str) -> Iterator[str]:
    """Files of the repository that are run where a module is imported: its packages and itself. Looked for in each folder above the file that imports it."""
    if is_standard(name):
        return
    parts, folder = name.split("."), by.split("/")[:-1]
    for count in range(len(folder), -1, -1):
        there = [*folder[:count]]
        for part in parts:
            there.append(part)
            for file in ("/".join(there) + ".py", "/".join(there) + "/__init__.py"):
                if os.path.isfile(os.path.join(WORK, file)):
                    yield file


def _text(file: str) -> str:
    try:
        with open(os.path.join(WORK, file), encoding="utf-8") as opened:
            return opened.read(1 << 20)
    except (OSError, ValueError):
        return ""


def is_standard(name: str) -> bool:
    """Whether a module is of the standard library."""
    top = name.partition(".")[0]
    known = getattr(sys, "stdlib_module_names", None)  # since Python 3.10
    if known is not None:
        return top in known
    library = os.path.dirname(os.__file__)
    return top in sys.builtin_module_names or any(os.path.exists(os.path.join(library, top + end)) for end in (".py", os.sep + "__init__.py"))


def seconds(known: Iterable[str], added: Iterable[str]) -> float | None:
    """CPU time that importing some modules takes beside others, the middle one of some; None where they cannot be imported."""
    fewer, more = _program(known), _program([*known, *added])
    if fewer == more:
        return 0.0
    # Their files are read from the disk once.
    if _cost(fewer) is None or _cost(more) is None:
        return None
    differences = []
    for pair in range(PAIRS):
        costs = {program: _cost(program) for program in ((fewer, more) if pair % 2 else (more, fewer))}
        if None in costs.values():
            return None
        differences.append(costs[more] - costs[fewer])
    return max(0.0, sorted(differences)[PAIRS // 2])


def _program(names):
    # What a platform lacks is imported by nobody there.
    return "".join(f"try:\n import {name}\nexcept ImportError:\n pass\n" for name in names)


def _cost(program):
    """CPU seconds of a process of its own; None where it fails."""
    child = os.posix_spawn(sys.executable, [sys.executable, "-I", "-S", "-c", program], {})
    _, status, usage = os.wait4(child, 0)
    return usage.ru_utime + usage.ru_stime if status == 0 else None
