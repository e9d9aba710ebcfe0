"""Which expressions make constants: values that nothing changes, made of literals by what is known to do nothing else."""

from __future__ import annotations

import ast
import builtins
import collections
import sys
from collections.abc import Iterator

from . import importing
from .source import Function

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_MAKING = {"frozenset": False, "tuple": False, "set": True, "dict": True, "list": True}  # of what is made, whether it can be changed
_MAKING_MEMBERS = {
    "re.compile": False, "re.escape": False, "struct.Struct": False, "operator.itemgetter": False, "operator.attrgetter": False, "operator.methodcaller": False,
    "str.maketrans": True, "bytes.maketrans": False}
_VALUES = frozenset(("re", "string", "math"))
_OF_SETS = frozenset(("isdisjoint", "issubset", "issuperset"))
_READING = frozenset(("count", "get", "index", "items", "isdisjoint", "issubset", "issuperset", "keys", "values"))
_OF_PATTERNS = frozenset(("findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn"))


class Fixed:
    """Expressions that could stand before a line of a file. ``constants``: by name of one that moves there, whether its value can be changed."""

    def __init__(self, head_tree: ast.Module, node: ast.AST, bound: list[str], before: int):
        self.constants = {}
        self._node, self._bound, self._moving = node, bound, set()
        self._taken = set(bindings(head_tree, bound=True))
        self._imported = importing.at_top(head_tree)
        self._of_file = {}  # names that the file binds once, at its top, to what nobody changes; and whether somebody could
        names, around = collections.Counter(bindings(head_tree, bound=True)), {**parents(head_tree), **parents(node)}
        loads = collections.defaultdict(list)
        for part in (part for tree in (head_tree, node) for part in ast.walk(tree) if isinstance(part, ast.Name)):
            loads[part.id].append(part)
        for part in head_tree.body:
            if not (isinstance(part, ast.Assign) and len(part.targets) == 1 and isinstance(part.targets[0], ast.Name)):
                continue
            name, is_changeable = part.targets[0].id, self.is_changeable(part.value)
            if names[name] != 1 or name in bound or part.end_lineno >= before or is_changeable is None:
                continue
            if not is_changeable or (name.startswith("_") and is_only_read(name, loads[name], around)):
                self._of_file[name] = is_changeable

    @property
    def of_file(self) -> frozenset[str]:
        """Names that the file binds once, at its top, to what nobody changes."""
        return frozenset(self._of_file)

    def only_answers(self, value: ast.expr) -> bool:
        """Whether it is a pattern, or a method of one or of a set: something to be called that nobody changes."""
        if isinstance(value, ast.Call):
            return self._full(value.func) == "re.compile" and self.is_changeable(value) is False
        return isinstance(value, ast.Attribute) and value.attr in _OF_SETS | _OF_PATTERNS and self.is_changeable(value) is False

    def start(self, moving: set[str]) -> None:
        """Begins anew, with these names to move out of the function."""
        self.constants, self._moving = {}, moving

    def is_changeable(self, value: ast.expr) -> bool | None:
        """Whether what an expression makes can be changed; None where it may be anything."""
        if isinstance(value, ast.Constant):
            return False
        if isinstance(value, ast.UnaryOp) and isinstance(value.operand, ast.Constant):
            return False
        if isinstance(value, ast.Name):
            return self.constants[value.id] if value.id in self.constants else self._of_file.get(value.id)
        if isinstance(value, ast.BinOp) and isinstance(value.op, (ast.Add, ast.Sub, ast.BitOr)):
            sides = [self.is_changeable(side) for side in (value.left, value.right)]
            return None if None in sides or True in sides else False
        if isinstance(value, ast.Dict):
            return True if None not in value.keys and self._are_fixed([*value.keys, *value.values]) else None
        if isinstance(value, (ast.Tuple, ast.List, ast.Set)):
            return not isinstance(value, ast.Tuple) if self._are_fixed(value.elts) else None
        if isinstance(value, ast.Attribute):
            return self._is_changeable_member(value)
        return self._is_changeable_call(value) if isinstance(value, ast.Call) else None

    def _are_fixed(self, values):
        return all((self._is_series(value.value) if isinstance(value, ast.Starred) else self.is_changeable(value) is False) for value in values)

    def _is_series(self, value):
        """Characters from one to another: ``map(chr, range(97, 123))``."""
        if not isinstance(value, ast.Call) or value.keywords or len(value.args) != 2 or self._full(value.func) != "map" or self._full(value.args[0]) != "chr":
            return False
        ends = value.args[1]
        return isinstance(ends, ast.Call) and not ends.keywords and len(ends.args) <= 2 and self._full(ends.func) == "range" and self._are_fixed(ends.args)

    def _is_changeable_member(self, value):
        module = self._module(value.value)
        if module in _VALUES and not callable(getattr(sys.modules.get(module), value.attr, len)):
            return False
        if isinstance(value.value, ast.Call) and self._full(value.value.func) == "re.compile" and value.attr in _OF_PATTERNS:
            return self.is_changeable(value.value)
        if isinstance(value.value, ast.Name) and value.attr in _OF_SETS | _OF_PATTERNS and self.is_changeable(value.value) is False:
            return False
        return None

    def _is_changeable_call(self, value):
        if _is_joined(value.func) and len(value.args) == 1 and not value.keywords:
            return None if self.is_changeable(value.args[0]) is None else False
        known = self._full(value.func)
        makes = _MAKING_MEMBERS.get(known, _MAKING.get(known))
        if makes is None or value.keywords:
            return None
        if known in _MAKING:
            container = len(value.args) == 1 and self.is_changeable(value.args[0]) is not None
            return makes if container or not value.args else None
        return makes if all(
            self.is_changeable(argument) is False or (known.endswith("maketrans") and isinstance(argument, ast.Dict)) for argument in value.args) else None

    def _full(self, function):
        """Name of a builtin or of a module's member; empty where it may be something else."""
        if isinstance(function, ast.Name):
            free = function.id not in self._bound and function.id not in self._taken
            return function.id if free and hasattr(builtins, function.id) else self._member(function.id)
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            if function.value.id in ("str", "bytes") and self._full(function.value) == function.value.id:
                return f"{function.value.id}.{function.attr}"
            module = self._module(function.value)
            return f"{module}.{function.attr}" if module else ""
        return ""

    def _module(self, name):
        """The module that a name is, by an import that moves or stands at the top already; empty where it is none."""
        if not isinstance(name, ast.Name):
            return ""
        for part in self._node.body:
            if isinstance(part, ast.Import) and name.id in self._moving:
                for alias in part.names:
                    if (alias.asname or alias.name) == name.id:
                        return alias.name
        return self._imported.get(name.id, "") if name.id not in self._bound else ""

    def _member(self, name):
        for part in self._node.body:
            if isinstance(part, ast.ImportFrom) and not part.level:
                for alias in part.names:
                    if (alias.asname or alias.name) == name:
                        return f"{part.module}.{alias.name}"
        return self._imported.get(name, "") if name not in self._bound else ""


def values_of(function: Function) -> tuple[frozenset[str], dict[str, ast.expr]]:
    """Patterns of the file of a function, and methods of sets and patterns, that nobody changes, by name, and all such values of the file.

    Numbers and texts are not among the first: what is worked out of them is not told.
    """
    if "*" in function.file:
        return frozenset(), {}
    known = Fixed(function.tree, function.node, list(bindings(function.node, bound=True)), function.node.lineno)
    values = {
        part.targets[0].id: part.value for part in function.tree.body
        if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name) and part.targets[0].id in known.of_file}
    return frozenset(name for name, value in values.items() if known.only_answers(value)), values


def parents(tree: ast.AST) -> dict[int, ast.AST]:
    """The part that each part stands in, by its identity."""
    return {id(child): part for part in ast.walk(tree) for child in ast.iter_child_nodes(part)}


def is_only_read(name: str, loads: list[ast.Name], around: dict[int, ast.AST]) -> bool:
    """Whether a container is never handed on, so that nobody can change it. ``around``: see ``parents``."""
    for part in loads:
        if part.id != name or not isinstance(part.ctx, ast.Load):
            continue
        outer = around[id(part)]
        over = around.get(id(outer))
        read = (
            (isinstance(outer, ast.Compare) and part in outer.comparators and all(isinstance(op, (ast.In, ast.NotIn)) for op in outer.ops))
            or (isinstance(outer, ast.Subscript) and outer.value is part and isinstance(outer.ctx, ast.Load))
            or (isinstance(outer, ast.Attribute) and outer.attr in _READING and isinstance(over, ast.Call) and over.func is outer)
            or (isinstance(outer, (ast.For, ast.comprehension)) and outer.iter is part)
            or (isinstance(outer, ast.Call) and part in outer.args and isinstance(outer.func, ast.Attribute) and outer.func.attr == "translate")
            or (isinstance(outer, ast.Call) and part in outer.args and _is_joined(outer.func))
            or (isinstance(outer, ast.Call) and part in outer.args and isinstance(outer.func, ast.Name) and outer.func.id == "len"))
        if not read:
            return False
    return True


def _is_joined(function):
    constant = function.value if isinstance(function, ast.Attribute) and function.attr == "join" else None
    return isinstance(constant, ast.Constant) and type(constant.value) is str


def bindings(tree: ast.AST, bound: bool = False, own: bool = False) -> Iterator[str]:
    """Names in a tree; ``bound``: only those that are bound; ``own``: only those that the statement itself binds around it."""
    parts = [tree] if own and not isinstance(tree, ast.Assign) else ast.walk(tree)
    for part in parts:
        if isinstance(part, ast.Name) and (not (bound or own) or not isinstance(part.ctx, ast.Load)):
            yield part.id
        elif isinstance(part, (*_FUNCTIONS, ast.ClassDef)) or (isinstance(part, ast.ExceptHandler) and part.name):
            yield part.name
        elif isinstance(part, ast.arg):
            yield part.arg
        elif importing.is_import(part):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in part.names)
        elif isinstance(part, (ast.Global, ast.Nonlocal)):
            yield from part.names
