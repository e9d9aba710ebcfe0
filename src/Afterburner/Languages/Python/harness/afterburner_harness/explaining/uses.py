"""The code of the repository that a function uses: imports, constants, helpers, classes and types, those it names itself first.

Found by names: what a name is bound to where the code runs may be something else, which only makes the code shown less useful.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from ..functions import definitions
from .files import File, Files, Place

DEEPEST, TEXT = 2, 60_000  # of what is used by what is used, and characters altogether
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_FIELDS = (ast.Assign, ast.AnnAssign)


class Uses:
    """What a function of a file uses. ``observed``: names of the types that its names held while tests ran."""

    def __init__(self, files: Files, observed: dict[str, list[str]]):
        self._files, self._observed = files, observed
        self._shown, self._waiting, self._length = set(), [], 0
        self.imports, self.places = [], []

    def find(self, file: File, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Fills ``imports``, of the function's own file, and ``places``, in order of how much the function needs them."""
        self._shown |= {(file.path, line) for line in range(definitions.first_line(node), node.end_lineno + 1)}
        around = [part for part in ast.walk(file.tree) if isinstance(part, ast.ClassDef) and node in definitions.statements(part.body)]
        owner = around[0] if around else None
        types = self._classes_of(node)
        self._waiting.append((0, file, node, owner))
        if owner is not None:
            self._class(file, owner, 0)
        while self._waiting and self._length < TEXT:
            depth, of, part, owner = self._waiting.pop(0)
            if depth < DEEPEST:
                self._references(of, part, owner, depth, types if part is node else {})

    def _classes_of(self, node):
        """Classes of the repository that names of the function held: ``{name: [(file, class)]}``."""
        parameters, found = {arg.arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg)}, {}
        for name in sorted(self._observed, key=lambda name: (name not in parameters, name)):
            classes = [known for kind in self._observed[name] for known in self._class_named(kind)]
            if classes:
                found[name] = classes
        return found

    def _class_named(self, kind) -> Iterator[tuple[File, ast.ClassDef]]:
        parts = kind.split(".")
        for count in range(len(parts) - 1, 0, -1):
            file = self._files.module(".".join(parts[:count]))
            if file is None:
                continue
            found = [(file, statement) for statement in file.bound.get(parts[count], ()) if isinstance(statement, ast.ClassDef)]
            for part in parts[count + 1:]:
                found = [(file, inner) for _, outer in found for inner in outer.body if isinstance(inner, ast.ClassDef) and inner.name == part]
            yield from found
            return

    def _references(self, file, node, owner, depth, types):
        """Adds what one piece of code names."""
        own = first_argument(node, owner)
        local = local_names(node)
        for chain in chains(node):
            root, rest = chain[0], chain[1:]
            if root in ("super()", own) and owner is not None:
                if rest:
                    self._member(file, owner, rest[0], depth, above=root == "super()")
                for of, kind in types.get(root, ()) if rest else ():
                    self._member(of, kind, rest[0], depth)  # a class below it may define it anew
            elif root in types:
                for of, kind in types[root]:
                    self._class(of, kind, depth)
                    if rest:
                        self._member(of, kind, rest[0], depth)
            elif root not in local and root != "super()":
                self._name(file, chain, depth)

    def _name(self, file, chain, depth):
        """What a dotted name of a file is: its import, and the code that it stands for."""
        if chain[0] not in file.bound and hasattr(builtins, chain[0]):
            return
        if depth == 0:
            for statement in file.bound.get(chain[0], ()) or file.stars:
                if isinstance(statement, (ast.Import, ast.ImportFrom)):
                    self._show(self.imports, file.place(statement))
        module = self._files.imported(file, chain)
        if module is not None:
            of, used = module
            chain = chain[used:]
            if not chain:
                return
        else:
            of = file
        for where, statement in self._files.definition(of, chain[0]):
            if isinstance(statement, ast.ClassDef):
                self._class(where, statement, depth)
                if len(chain) > 1:
                    self._member(where, statement, chain[1], depth)
            else:
                self._add(where, statement, None, depth)

    def _class(self, file, node, depth):
        """How a class begins, its fields, and how an object of it is made."""
        body = [*node.body]
        first = definitions.first_line(node)
        header = Place(file, first, max(first, definitions.first_line(body[0]) - 1) if body[0].lineno > node.lineno else node.end_lineno)
        if not self._show(self.places, header):
            return
        fields = [part for part in body if isinstance(part, _FIELDS)]
        for part in fields:
            self._show(self.places, file.place(part))
        for part in body:
            if isinstance(part, _FUNCTIONS) and part.name in ("__init__", "__new__"):
                self._add(file, part, node, depth)
        if depth < DEEPEST:
            for chain in (chain for base in node.bases for chain in chains(base)):
                self._name(file, chain, depth + 1)

    def _member(self, file, node, name, depth, above=False, seen=()):
        """A method or field of a class, or of one above it, or where it is set."""
        if node in seen or len(seen) > 8:
            return False
        body = [] if above else list(definitions.statements(node.body))
        found = [part for part in body if name == getattr(part, "name", None) or (isinstance(part, _FIELDS) and name in targets_of(part))]
        for part in found:
            self._add(file, part, node, depth)
        for base in () if found else node.bases:
            for where, statement in self._bases(file, base):
                if self._member(where, statement, name, depth, seen=(*seen, node)):
                    return True
        for method in () if found else (part for part in body if isinstance(part, _FUNCTIONS)):
            for part in ast.walk(method):
                if isinstance(part, (*_FIELDS, ast.AugAssign)) and f"{first_argument(method, node)}.{name}" in map(ast.unparse, targets(part)):
                    self._show(self.places, Place(file, method.lineno, method.body[0].lineno - 1))
                    self._show(self.places, file.place(part))
                    found.append(part)
        return bool(found)

    def _bases(self, file, base):
        chain = next(chains(base), None)
        module = chain and self._files.imported(file, chain)
        of, chain = (module[0], chain[module[1]:]) if module else (file, chain)
        return [known for known in self._files.definition(of, chain[0]) if isinstance(known[1], ast.ClassDef)] if chain else []

    def _add(self, file, node, owner, depth):
        if self._show(self.places, file.place(node)):
            self._waiting.append((depth + 1, file, node, owner))

    def _show(self, places, place):
        """Whether lines are new, and have been taken."""
        lines = {(place.file.path, line) for line in range(place.first, place.last + 1)}
        if lines <= self._shown:
            return False
        self._shown |= lines
        places.append(place)
        self._length += sum(len(line) + 1 for line in place.file.lines[place.first - 1:place.last])
        return True


def chains(node: ast.AST) -> Iterator[list[str]]:
    """Names that code reads, each with the attributes that are read from it in one go, in order of the text."""
    inner = {id(part.value) for part in ast.walk(node) if isinstance(part, ast.Attribute)}
    parts = [part for part in ast.walk(node) if isinstance(part, (ast.Name, ast.Attribute)) and id(part) not in inner]
    for part in sorted(parts, key=lambda part: (part.lineno, part.col_offset)):
        chain = []
        while isinstance(part, ast.Attribute):
            chain.insert(0, part.attr)
            part = part.value
        if isinstance(part, ast.Name):
            yield [part.id, *chain]
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == "super":
            yield ["super()", *chain]


def local_names(node: ast.AST) -> set[str]:
    """Names that a function, or another statement, has for itself."""
    if not isinstance(node, _FUNCTIONS):
        return set()
    shared = {name for part in ast.walk(node) if isinstance(part, ast.Global) for name in part.names}
    found = {part.arg for part in ast.walk(node) if isinstance(part, ast.arg)}
    found |= {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load)}
    found |= {part.name for part in ast.walk(node) if isinstance(part, (*_FUNCTIONS, ast.ClassDef)) and part is not node}
    return found - shared


def first_argument(node: ast.AST, owner: ast.ClassDef | None) -> str | None:
    """The name by which a method calls its object, or its class."""
    if owner is None or not isinstance(node, _FUNCTIONS) or any(ast.unparse(d) == "staticmethod" for d in node.decorator_list):
        return None
    arguments = [*node.args.posonlyargs, *node.args.args]
    return arguments[0].arg if arguments else None


def targets(part: ast.stmt) -> list[ast.expr]:
    return getattr(part, "targets", None) or [part.target]


def targets_of(part: ast.stmt) -> set[str]:
    """Names that an assignment gives values to."""
    return {inner.id for target in targets(part) for inner in ast.walk(target) if isinstance(inner, ast.Name)}
