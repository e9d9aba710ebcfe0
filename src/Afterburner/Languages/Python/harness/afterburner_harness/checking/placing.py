"""Where people put what a candidate holds that does not depend on its call: imports at the top of the file, constants and helpers before
the function.

A candidate is checked with all of it inside. What stands first in its body moves out where that changes nothing: the name is free in the file,
the value cannot be changed, and making it runs nothing but what makes constants.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator

from ..functions import definitions
from . import importing
from .fixed import Fixed, bindings, is_only_read, parents

MOST_LINES = 200  # of what moves
_ODD_ENDS = re.compile("\r(?!\n)|[\v\f\x1c\x1d\x1e\x85\u2028\u2029]")  # of which not everybody says that they end a line
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_REFLECTION = frozenset(("eval", "exec", "globals", "locals", "vars", "dir", "super", "__class__"))


def placed(name: str, head: str, head_tree: ast.Module, head_node: ast.AST, candidate: str, node: ast.AST) -> dict | None:
    """The function of a qualified name without what moves out of it, and the lines of ``head`` that take it up.

    ``{"source": text of the function, "elsewhere": [{"line", "count", "text"}]}``: ``count`` lines (0 or 1) from ``line`` on (counted from 1) are
    replaced by the text. None: nothing moves.
    """
    if definitions.find_node(head_tree, name, 0) is None or _ODD_ENDS.search(candidate) or _is_looked_through(head_tree):
        return None
    lines = candidate.splitlines(keepends=True)
    outer, kept = next(part for part in head_tree.body if part.lineno <= head_node.lineno <= part.end_lineno), head.splitlines()
    before = _before(definitions.first_line(outer), kept)
    moved = _Moving(head_tree, head_node, node, lines, before).find()
    if not moved or sum(part.end_lineno - part.lineno + 1 for part in moved) > MOST_LINES:
        return None
    newline = "\r\n" if lines[0].endswith("\r\n") else "\n"
    edits = importing.edits(kept, head_tree, [part for part in moved if importing.is_import(part)], before)
    beside = [text for part in moved if not importing.is_import(part) for text in _beside(lines, part)]
    if beside:
        above = kept[before - 2:before - 1] if before > 1 else []
        text = [*([""] * 2 if above and above[0].strip() else []), *_spaced(beside), "", ""]
        same = [edit for edit in edits if (edit["line"], edit["count"]) == (before, 0)]
        if same:
            same[0]["text"] += text
        else:
            edits.append({"line": before, "count": 0, "text": text})
    elsewhere = [{**edit, "text": "".join(text + newline for text in edit["text"])} for edit in edits]
    return {"source": _without(lines, node, moved), "elsewhere": elsewhere} if _is_whole(head, head_tree, elsewhere) else None


class _Moving:
    """Finds what moves out of a candidate."""

    def __init__(self, head_tree, head_node, node, lines, before):
        self._head_tree = head_tree
        self._node = node
        self._lines = lines
        self._known = {ast.dump(part) for part in head_node.body}
        self._taken = set(bindings(head_tree))
        self._imported = importing.at_top(head_tree)
        self._loads = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
        self._parents = parents(node)
        self._bound = [name for part in node.body for name in bindings(part, bound=True)] + [a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg)]
        self._fixed = Fixed(head_tree, node, self._bound, before)

    def find(self):
        if any(part.id in _REFLECTION for part in self._loads) or any(isinstance(part, (ast.Global, ast.Nonlocal)) for part in ast.walk(self._node)):
            return []
        moved = [part for part in self._first() if self._is_fit(part)]
        while True:
            names = {name for part in moved for name in bindings(part, own=True)}
            self._fixed.start(names)
            kept = [part for part in moved if self._may_move(part, names)]
            if len(kept) == len(moved):
                return moved
            moved = kept

    def _first(self) -> Iterator[ast.stmt]:
        """Imports, assignments and definitions at the start of the body."""
        for number, part in enumerate(self._node.body):
            if number == 0 and isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant) and isinstance(part.value.value, str):
                continue
            if not (importing.is_import(part) or isinstance(part, _FUNCTIONS) or (
                    isinstance(part, ast.Assign) and len(part.targets) == 1 and isinstance(part.targets[0], ast.Name))):
                return
            yield part

    def _is_fit(self, part):
        """Whether it is new, stands on lines of its own, and its names are free in the file and bound here only."""
        names = list(bindings(part, own=True))
        inside = [name for name in names if self._bound.count(name) != 1 or hasattr(builtins, name)]
        if ast.dump(part) in self._known or inside or part is self._node.body[-1]:
            return False
        if importing.is_import(part):
            free = all(name not in self._taken or self._imported.get(name) == full for name, full in importing.provided(part))
            return importing.is_of_library(part) and len(importing.provided(part)) == len(part.names) and free and self._own_lines(part)
        private = all(name.startswith("_") and not name.startswith("__") and name not in self._taken for name in names)
        return private and not getattr(part, "decorator_list", None) and self._own_lines(part)

    def _own_lines(self, part):
        text = any(
            isinstance(inner, ast.JoinedStr) or (isinstance(inner, ast.Constant) and isinstance(inner.value, (str, bytes)))
            for inner in ast.walk(part) if getattr(inner, "lineno", 0) != getattr(inner, "end_lineno", 0))
        first, last = self._lines[part.lineno - 1].encode(), self._lines[part.end_lineno - 1].encode()
        return not text and not first[:part.col_offset].strip() and not last[part.end_col_offset:].strip()

    def _may_move(self, part, moved):
        if importing.is_import(part):
            return True
        if isinstance(part, _FUNCTIONS):
            return self._is_free(part, moved) and self._is_only_called(part.name)
        name, is_changeable = part.targets[0].id, self._fixed.is_changeable(part.value)
        if is_changeable is None or (is_changeable and not is_only_read(name, self._loads, self._parents)):
            return False
        self._fixed.constants[name] = is_changeable
        return True

    def _is_free(self, helper, moved):
        """Whether a helper names nothing of the function around it, and keeps nothing between calls."""
        own = set(bindings(helper, bound=True)) | {a.arg for a in ast.walk(helper.args) if isinstance(a, ast.arg)}
        inside = [part.id for part in ast.walk(helper) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)]
        defaults = [*helper.args.defaults, *filter(None, helper.args.kw_defaults)]
        return all(name in moved or name in own or name not in self._bound for name in inside) and all(isinstance(d, ast.Constant) for d in defaults)

    def _is_only_called(self, name):
        calls = {id(part.func) for part in ast.walk(self._node) if isinstance(part, ast.Call)}
        return all(id(part) in calls for part in self._loads if part.id == name)


def _is_looked_through(tree):
    """Whether names of the file may come from elsewhere, or be looked for by code that does not name them."""
    return any(
        (isinstance(part, ast.ImportFrom) and part.names[0].name == "*") or (isinstance(part, ast.Name) and part.id in _REFLECTION - {"super", "__class__"})
        or (isinstance(part, _FUNCTIONS) and part.name == "__getattr__" and part in tree.body) for part in ast.walk(tree))


def _is_whole(head, head_tree, edits):
    """Whether the file with the edits is the same with statements more, and names more in its imports."""
    lines = head.splitlines(keepends=True)
    for edit in sorted(edits, key=lambda edit: (-edit["line"], -edit["count"])):
        lines[edit["line"] - 1:edit["line"] - 1 + edit["count"]] = [edit["text"]]
    try:
        tree = ast.parse("".join(lines))
    except (SyntaxError, ValueError):
        return False
    rest = iter([ast.dump(part) for part in tree.body if not importing.is_import(part)])
    there = all(any(dump == other for other in rest) for dump in (ast.dump(part) for part in head_tree.body if not importing.is_import(part)))
    return there and ast.get_docstring(tree) == ast.get_docstring(head_tree)


def _before(line, lines):
    """The line before which something can stand: comments that lie directly above a definition belong to it."""
    while line > importing.first_code(lines) and lines[line - 2].startswith("#"):
        line -= 1
    return line


def _beside(lines, part):
    """Lines of a constant or helper without the margin of the function's body; helpers with two empty lines before them."""
    margin = lines[part.lineno - 1][:len(lines[part.lineno - 1]) - len(lines[part.lineno - 1].lstrip())]
    if isinstance(part, _FUNCTIONS):
        yield from ("", "")
    for line in lines[part.lineno - 1:part.end_lineno]:
        yield (line[len(margin):] if line.startswith(margin) else line.lstrip()).rstrip()


def _spaced(lines):
    """Without empty lines at the start, and two at most in a row."""
    while lines and not lines[0]:
        lines = lines[1:]
    return [line for number, line in enumerate(lines) if line or any(lines[max(0, number - 2):number])]


def _without(lines, node, moved):
    """Text of the function without the statements that move, from its first decorator or ``def`` on, without the margin of that line."""
    gone = {number for part in moved for number in range(part.lineno, part.end_lineno + 1)}
    for number in range(min(gone), node.end_lineno):
        if number in gone and not lines[number].strip():
            gone.add(number + 1)
    first = definitions.first_line(node)
    kept = "".join(lines[number - 1] for number in range(first, node.end_lineno + 1) if number not in gone)
    return kept.lstrip(" \t").rstrip("\r\n")
