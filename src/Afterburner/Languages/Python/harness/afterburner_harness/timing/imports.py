"""What the imports that a version of a file adds take each process that loads it.

Nothing of the repository is loaded: fresh processes import what the file imports of the standard library, with what is new and without, in
turn. Other modules of the repository may import the same, so it is the most that it takes.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Callable, Iterable

PAIRS = 9


def main(request: dict, emit: Callable[[dict], None]) -> None:
    """Answers with ``imported``."""
    before, after = (modules(request[name]) for name in ("file", "candidateFile"))
    added = [name for name in after if name not in before]
    known = [name for name in before if is_standard(name)]
    emit({"type": "imported", "seconds": seconds(known, added) if all(map(is_standard, added)) else None})
    emit({"type": "done"})


def modules(text: str) -> list[str]:
    """Names of the modules that a file imports, wherever in it, each once."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append(node.module)
    return list(dict.fromkeys(found))


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
