"""Which expressions make constants: values that nothing changes, made of literals by what is known to do nothing else."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator

from . import importing

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_MAKING = {"frozenset": False, "tuple": False, "set": True, "dict": True, "list": True}  # of what is made, whether it can be changed
_MAKING_MEMBERS = {
    "re.compile": False, "re.escape": False, "struct.Struct": False, "operator.itemgetter": False, "operator.attrgetter": False, "operator.methodcaller": False,
    "str.maketrans": True, "bytes.maketrans": False}
_VALUES = frozenset(("re", "string", "math"))
_OF_PATTERNS = frozenset(("findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn"))


class Fixed:
    """Expressions that could stand before a line of a file. ``constants``: by name of one that moves there, whether its value can be changed."""

    def __init__(self, head_tree: ast.Module, node: ast.AST, bound: list[str], before: int):
        self.constants = {}
        self._node, self._bound, self._moving = node, bound, set()
        self._taken = set(bindings(head_tree, bound=True))
        self._imported = importing.at_top(head_tree)
        self._of_file = {}  # names that the file binds once, at its top, to what nobody can change
        names = list(bindings(head_tree, bound=True))
        for part in head_tree.body:
            if isinstance(part, ast.Assign) and len(part.targets) == 1 and isinstance(part.targets[0], ast.Name):
                name = part.targets[0].id
                if names.count(name) == 1 and name not in bound and part.end_lineno < before and self.is_changeable(part.value) is False:
                    self._of_file[name] = False

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
        return all(self.is_changeable(value) is False for value in values)

    def _is_changeable_member(self, value):
        module = self._module(value.value)
        if module in _VALUES and not callable(getattr(sys.modules.get(module), value.attr, len)):
            return False
        if isinstance(value.value, ast.Call) and self._full(value.value.func) == "re.compile" and value.attr in _OF_PATTERNS:
            return self.is_changeable(value.value)
        return None

    def _is_changeable_call(self, value):
        if self._is_text(value.func, "join") and len(value.args) == 1 and not value.keywords:
            return self.is_changeable(value.args[0])
        known = self._full(value.func)
        makes = _MAKING_MEMBERS.get(known, _MAKING.get(known))
        if makes is None or value.keywords:
            return None
        if known in _MAKING:
            container = len(value.args) == 1 and self.is_changeable(value.args[0]) is not None
            return makes if container or not value.args else None
        return makes if all(
            self.is_changeable(argument) is False or (known.endswith("maketrans") and isinstance(argument, ast.Dict)) for argument in value.args) else None

    def _is_text(self, function, method):
        is_constant = isinstance(function, ast.Attribute) and isinstance(function.value, ast.Constant)
        return is_constant and function.attr == method and type(function.value.value) is str

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
