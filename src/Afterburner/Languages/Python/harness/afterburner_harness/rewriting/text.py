"""Edits on the text of one function, by the positions of its syntax tree.

Only what changes is touched: comments, layout and quotes of everything else stay, so that a reviewer sees a small diff.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

NEW_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_NEWLINE = re.compile(rb"\r\n|\n|\r")


class NoRewrite(Exception):
    """The recipe does not apply here; the message says why."""


class FunctionText:
    """A function as it stands in its file: ``source`` starts at ``def`` or the first decorator, ``indent`` is before it.

    ``head``: what stands before the source so that it can be parsed alone. ``taken``: names that mean something in the function.
    """

    def __init__(self, source: str, indent: str, module: Module):
        self.source = source
        self.indent = indent
        self.module = module
        self.head = f"if True:\n{indent}" if indent else ""
        text = self.head + source
        tree = ast.parse(text)
        body = tree.body[0].body if indent else tree.body
        if len(body) != 1 or not isinstance(body[0], (ast.FunctionDef, ast.AsyncFunctionDef)):
            raise NoRewrite("not exactly one function")
        self.node = body[0]
        self._data = text.encode()
        self._starts = [0] + [m.end() for m in _NEWLINE.finditer(self._data)]
        self.newline = "\r\n" if b"\r\n" in self._data[len(self.head):] else "\n"
        self.parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        self._edits = []
        self._imports = {}
        self.taken = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        self.taken |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
        self.taken |= {n.name for n in ast.walk(tree) if isinstance(n, NEW_SCOPE[:2])}

    # Reading

    def start(self, node: ast.AST) -> int:
        return self._starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.AST) -> int:
        return self._starts[node.end_lineno - 1] + node.end_col_offset

    def text(self, node: ast.AST) -> str:
        return self._data[self.start(node):self.end(node)].decode()

    def between(self, start: int, end: int) -> str:
        return self._data[start:end].decode()

    def margin(self, statement: ast.stmt) -> str | None:
        """White space before a statement that begins its line; None when something else is before it."""
        line = self._data[self._starts[statement.lineno - 1]:self.start(statement)].decode()
        return line if not line.strip() else None

    def statement(self, node: ast.AST) -> ast.stmt:
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        return node

    def ancestors(self, node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
        """(child, ancestor) pairs from the node up to the function."""
        while node is not self.node:
            parent = self.parents[node]
            yield node, parent
            node = parent

    # Editing

    def replace(self, node: ast.AST, text: str) -> None:
        self.replace_range(self.start(node), self.end(node), text)

    def replace_range(self, start: int, end: int, text: str) -> None:
        if any(s < end and start < e for s, e, _ in self._edits):
            raise NoRewrite("edits overlap")
        self._edits.append((start, end, text))

    def insert_before(self, statement: ast.stmt, *lines: str) -> None:
        margin = self.margin(statement)
        if isinstance(self.parents[statement], ast.If) and self.between(self.start(statement), self.start(statement) + 4) == "elif":
            raise NoRewrite("nothing can stand before an elif")
        if getattr(statement, "decorator_list", None):
            raise NoRewrite("a decorated definition")
        joint = "; " if margin is None else self.newline + margin
        self._insert(self.start(statement), "".join(line + joint for line in lines))

    def insert_after(self, statement: ast.stmt, *lines: str, blank: bool = False) -> None:
        end = self.end(statement)
        stop = _NEWLINE.search(self._data, end)
        stop = stop.start() if stop else len(self._data)
        rest = self._data[end:stop].decode().strip()
        margin = self.margin(statement)
        if margin is None or rest.startswith(";"):
            self._insert(end, "".join("; " + line for line in lines))
        elif rest and not rest.startswith("#"):
            raise NoRewrite("something follows on the line")
        else:
            self._insert(stop, self.newline * blank + "".join(self.newline + margin + line for line in lines))

    def insert_lines_before(self, statement: ast.stmt, lines: str) -> None:
        """Whole lines, with their own margins and line ends, before the line of a statement."""
        self._insert(self._starts[statement.lineno - 1], lines)

    def indent_lines(self, first: int, last: int, step: str) -> None:
        """Moves lines one level deeper; the insides of strings stay, they are values."""
        inside = set()
        for node in ast.walk(self.node):
            if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes))):
                inside.update(range(node.lineno + 1, node.end_lineno + 1))
        for number in range(first, last + 1):
            start = self._starts[number - 1]
            line = self._data[start:self._starts[number] if number < len(self._starts) else len(self._data)]
            if number not in inside and line.strip():
                self._insert(start, step)

    def _insert(self, position, text):
        self._edits.append((position, position, text))

    def fresh(self, name: str) -> str:
        """A name that neither the function nor its module uses."""
        candidate, number = name, 1
        while candidate in self.taken or candidate in self.module.names:
            number += 1
            candidate = f"{name}_{number}"
        self.taken.add(candidate)
        return candidate

    def imported(self, module: str, name: str) -> str:
        """How the function may call ``module.name``: as its module does, or by an import at its own top."""
        if (module, name) in self._imports:
            return self._imports[module, name]
        known = self.module.provides(module, name)
        bound = bound_names(self.node)
        if known and known.split(".")[0] not in bound:
            return known
        local = name if name not in self.taken else self.fresh(name)
        self.taken.add(local)
        self.add_import(f"from {module} import {name}" + ("" if local == name else f" as {local}"))
        self._imports[module, name] = local
        return local

    def add_import(self, line: str) -> None:
        body = self.node.body
        is_documented = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) and isinstance(body[0].value.value, str)
        if not is_documented:
            self.insert_before(body[0], line)
        elif len(body) > 1:
            self.insert_before(body[1], line)
        else:
            raise NoRewrite("the function is empty")

    def result(self) -> str | None:
        """The new source, parsed again; None when nothing changed."""
        data = self._data
        # Stable from the back: of two insertions at one place the first one made comes first.
        for start, end, text in sorted(self._edits, key=lambda e: (e[0], e[1]))[::-1]:
            data = data[:start] + text.encode() + data[end:]
        source = data.decode()[len(self.head):]
        if source == self.source:
            return None
        check = FunctionText(source, self.indent, self.module).node
        if check.name != self.node.name:
            raise NoRewrite("the function lost its name")
        return source


class Module:
    """The names a file gives to its functions."""

    def __init__(self, source: str):
        self.names = set()
        self._provided = {}
        self.tree = None
        try:
            self.tree = ast.parse(source)
        except (SyntaxError, ValueError):
            return
        for node in self.tree.body:
            self._add(node)

    def _add(self, node):
        if isinstance(node, ast.Import):
            for alias in node.names:
                self.names.add(alias.asname or alias.name.split(".")[0])
                if alias.asname or "." not in alias.name:
                    self._provided.setdefault(alias.name, alias.asname or alias.name)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                self.names.add(alias.asname or alias.name)
                self._provided.setdefault((node.module, alias.name), alias.asname or alias.name)
        elif isinstance(node, NEW_SCOPE[:2] + (ast.ClassDef,)):
            self.names.add(node.name)
        else:
            self.names |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}

    def provides(self, module: str, name: str | None = None) -> str | None:
        """The expression that is ``module.name`` (or the module) at file level, or None."""
        if name and (module, name) in self._provided:
            return self._provided[module, name]
        if module in self._provided:
            return f"{self._provided[module]}.{name}" if name else self._provided[module]
        return None


def bound_names(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Names that the function itself binds: parameters, targets, imports, nested definitions."""
    arguments = function.args
    names = {a.arg for a in arguments.posonlyargs + arguments.args + arguments.kwonlyargs}
    names |= {a.arg for a in (arguments.vararg, arguments.kwarg) if a}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, NEW_SCOPE[:2] + (ast.ClassDef,)) and node is not function:
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {a.asname or a.name.split(".")[0] for a in node.names}
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
    return names
