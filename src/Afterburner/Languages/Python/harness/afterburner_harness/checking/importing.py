"""Imports at the top of a file, and where another one goes among them."""

from __future__ import annotations

import ast
import os
import re
import sys

from ..functions.targets import WORK
from .pure import MODULES

LONGEST = 88  # characters of a line that takes up one more name
_LIBRARY = frozenset(getattr(sys, "stdlib_module_names", ())) or frozenset(name.partition(".")[0] for name in MODULES)  # Python 3.9 tells no names


def full_name(part: ast.ImportFrom, alias: ast.alias) -> str:
    """What is imported, with a dot in front for each level."""
    return "." * part.level + (f"{part.module}." if part.module else "") + alias.name


def is_import(part: ast.AST) -> bool:
    return isinstance(part, (ast.Import, ast.ImportFrom))


def _modules(part):
    """Modules that an import is about; empty names for those that are relative to the file."""
    if isinstance(part, ast.ImportFrom):
        return ["" if part.level else part.module or ""]
    return [alias.name for alias in part.names]


def at_top(tree: ast.Module) -> dict[str, str]:
    """What the imports at the top bind and nothing else in the file does: ``{"dq": "collections.deque", "re": "re"}``."""
    found, times = {}, {}
    for part in ast.walk(tree):
        names = [alias.asname or alias.name.partition(".")[0] for alias in part.names] if is_import(part) else [
            part.id if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load) else
            part.name if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) else
            part.arg if isinstance(part, ast.arg) else None]
        for name in names:
            times[name] = times.get(name, 0) + 1
    for part in tree.body:
        found.update(provided(part))
    return {name: full for name, full in found.items() if times.get(name) == 1}


def provided(part: ast.AST) -> list[tuple[str, str]]:
    """Names that an import binds, with what they are; those that are relative to the file, and of packages alone, are left out."""
    if isinstance(part, ast.Import):
        return [(alias.asname or alias.name, alias.name) for alias in part.names if alias.asname or "." not in alias.name]
    if isinstance(part, ast.ImportFrom) and not part.level:
        return [(alias.asname or alias.name, f"{part.module}.{alias.name}") for alias in part.names]
    return []


def edits(lines: list[str], tree: ast.Module, new: list[ast.stmt], before: int) -> list[dict]:
    """Lines that take up new imports, as ``placing.placed`` tells them; ``text``: a list of lines. Nothing for what is imported already."""
    known, found = at_top(tree), {}
    top = [part for part in tree.body if is_import(part) and part.end_lineno < before and not _is_future(part)]
    for part in new:
        for alias, (name, full) in zip(part.names, provided(part)):
            if known.get(name) != full:
                _add(found, lines, tree, top, ast.ImportFrom(part.module, [alias], 0) if isinstance(part, ast.ImportFrom) else ast.Import([alias]))
    return [{"line": line, "count": count, "text": text} for (line, count), text in sorted(found.items())]


def _add(found, lines, tree, top, new):
    text = ast.unparse(new)
    same = [part for part in top if _takes(part, new, lines)]
    if same:
        part = same[0]
        written = found.get((part.lineno, 1), [lines[part.lineno - 1]])[0]
        longer = _longer(written, new)
        if len(longer) <= LONGEST:
            found[part.lineno, 1] = [longer]
            return
    line, blank = _line(lines, tree, top, new)
    found.setdefault((line, 0), []).append(text)
    if blank:
        found[line, 0] = [each for each in found[line, 0] if each] + [""]


def _takes(part, new, lines):
    """Whether the line of an import can take up one more name of its module."""
    if not isinstance(part, ast.ImportFrom) or not isinstance(new, ast.ImportFrom) or part.level or part.module != new.module:
        return False
    line = lines[part.lineno - 1]
    return part.lineno == part.end_lineno and not part.col_offset and part.names[0].name != "*" and line.rstrip() == ast.unparse(part)


def _longer(line, new):
    start, names = line.rstrip().split(" import ", 1)
    names, name = [each.strip() for each in names.split(",")], ast.unparse(new).split(" import ", 1)[1]
    ordered = sorted(names, key=str.lower) == names
    names.append(name)
    return f"{start} import {', '.join(sorted(names, key=str.lower) if ordered else names)}"


def _line(lines, tree, top, new):
    """The line before which an import goes, and whether an empty line follows it: among those of the library, plain ones first, by name."""
    group = _group(lines, top)
    if group and all(is_of_library(part) for part in group):
        key = _key(new)
        later = [part for part in group if _key(part) > key]
        return (later[0].lineno, False) if later else (group[-1].end_lineno + 1, False)
    if top:
        return top[0].lineno, True
    after = [part for part in tree.body[:1] if isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)]
    after += [part for part in tree.body if _is_future(part)]
    line = after[-1].end_lineno + 1 if after else first_code(lines)
    while line <= len(lines) and not lines[line - 1].strip():
        line += 1
    return line, True


def first_code(lines: list[str]) -> int:
    """Comments that begin a file (what runs it, its encoding, its licence) stay first."""
    line = 1
    while line <= len(lines) and lines[line - 1].startswith("#"):
        line += 1
    return line


def _group(lines, top):
    """The first imports that no empty line parts."""
    group = top[:1]
    for part in top[1:]:
        if part.lineno != group[-1].end_lineno + 1 or lines[part.lineno - 1][:1].isspace():
            break
        group.append(part)
    return group


def is_of_library(part: ast.Import | ast.ImportFrom) -> bool:
    return all(is_library(name) for name in _modules(part))


def is_library(module: str) -> bool:
    """Whether a module is one of the language's own."""
    return module.partition(".")[0] in _LIBRARY


def _is_future(part):
    return isinstance(part, ast.ImportFrom) and part.module == "__future__"


def _key(part):
    return isinstance(part, ast.ImportFrom), _modules(part)[0].lower()


def is_taken_whole(path: str, tree: ast.Module) -> bool:
    """Whether another file may take all public names of a file (``from here import *``), where it does not say which those are."""
    if any(isinstance(part, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in part.targets) for part in tree.body):
        return False
    stem = os.path.splitext(os.path.basename(path))[0]
    name = os.path.basename(os.path.dirname(path)) if stem == "__init__" else stem
    star = re.compile(rf"^\s*from\s+(?:[\w.]*\.)?(?:{re.escape(name)}|\.)\s+import\s+\*".encode(), re.MULTILINE)
    for folder, folders, files in os.walk(WORK):
        folders[:] = [each for each in folders if not each.startswith(".")]
        for file in files:
            if file.endswith(".py") and _holds(os.path.join(folder, file), star):
                return True
    return False


def _holds(file, pattern):
    try:
        with open(file, "rb") as opened:
            return pattern.search(opened.read()) is not None
    except OSError:
        return True
