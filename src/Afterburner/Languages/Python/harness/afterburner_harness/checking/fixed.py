"""Which expressions make constants: values that nothing changes, made of literals by what is known to do nothing else."""

from __future__ import annotations

import ast
import builtins
import collections
import sys
from collections.abc import Iterator

from . import importing

TYPE_CHECKING = False
if TYPE_CHECKING:
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
_OF_TEXTS = frozenset(("capitalize", "casefold", "encode", "lower", "lstrip", "replace", "rstrip", "strip", "swapcase", "title", "upper", "zfill"))
_OF_ITEMS = frozenset(("chr", "ord", "str", "len", "hex", "repr"))
_COMPREHENSIONS = (ast.GeneratorExp, ast.ListComp, ast.SetComp)
_READ_BY = frozenset(("len",))  # built-in functions that a container may be given to
_NOWHERE = ast.parse("def nothing():\n    pass\n").body[0]


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
            if not _gives(part):
                continue
            name, is_changeable = _gives(part), self.is_changeable(part.value)
            if names[name] != 1 or name in bound or part.end_lineno >= before or is_changeable is None:
                continue
            if not is_changeable or (name.startswith("_") and is_only_read(name, loads[name], around)):
                self._of_file[name] = is_changeable

    @property
    def of_file(self) -> frozenset[str]:
        """Names that the file binds once, at its top, to what nobody changes."""
        return frozenset(self._of_file)

    def gets(self, value: ast.expr) -> bool:
        """Whether it holds something that reads attributes, or calls methods, of whatever it is given."""
        return any(isinstance(part, ast.Call) and self._full(part.func).startswith("operator.") for part in ast.walk(value))

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
        if isinstance(value, ast.BinOp) and isinstance(value.op, (ast.Add, ast.Sub, ast.BitOr, ast.BitAnd, ast.Mult, ast.Mod)):
            sides = [self.is_changeable(side) for side in (value.left, value.right)]
            # A frozen set stays one, whatever set stands on its right.
            return False if sides == [False, False] or (sides == [False, True] and isinstance(value.right, (ast.Set, ast.SetComp))) else None
        if isinstance(value, ast.JoinedStr):
            return None if any(isinstance(part, ast.FormattedValue) and not self._is_filled_in(part) for part in value.values) else False
        if isinstance(value, (ast.ListComp, ast.SetComp, ast.DictComp)):
            return True if self._is_made_of_constants(value) else None
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
        if module in _VALUES and isinstance(getattr(sys.modules.get(module), value.attr, None), (int, float, str)):
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
        if known in _OF_ITEMS and not value.keywords:
            return False if self._are_fixed(value.args) else None
        makes = _MAKING_MEMBERS.get(known, _MAKING.get(known))
        if makes is None or value.keywords:
            return None
        if known in _MAKING:
            container = len(value.args) == 1 and (self.is_changeable(value.args[0]) is not None or self._is_made_of_constants(value.args[0]))
            return makes if container or not value.args else None
        return makes if all(
            self.is_changeable(argument) is False or (known.endswith("maketrans") and isinstance(argument, ast.Dict)) for argument in value.args) else None

    def _is_filled_in(self, part):
        return part.format_spec is None and self.is_changeable(part.value) is False

    def _is_made_of_constants(self, value):
        """Whether it goes once through constants, and makes something of each that is nothing but computed."""
        if not isinstance(value, (*_COMPREHENSIONS, ast.DictComp)) or len(value.generators) != 1:
            return False
        loop = value.generators[0]
        targets = loop.target.elts if isinstance(loop.target, ast.Tuple) else [loop.target]
        if loop.is_async or not all(isinstance(each, ast.Name) for each in targets) or not self._is_gone_through(loop.iter):
            return False
        names = frozenset(each.id for each in targets)
        made = [value.key, value.value] if isinstance(value, ast.DictComp) else [value.elt]
        return all(self._is_computed(each, names) for each in [*made, *loop.ifs])

    def _is_gone_through(self, value):
        if isinstance(value, ast.Call) and self._full(value.func) in ("range", "enumerate", "sorted", "zip") and not value.keywords:
            return all(self.is_changeable(argument) is not None for argument in value.args)
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in ("items", "keys", "values") and not value.args:
            return not value.keywords and self.is_changeable(value.func.value) is True
        return self.is_changeable(value) is not None

    def _is_computed(self, value, names):
        """Whether an expression does nothing but compute, of constants and of these names."""
        if isinstance(value, ast.Name) and value.id in names:
            return True
        if isinstance(value, (ast.Compare, ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Tuple, ast.IfExp)):
            return all(self._is_computed(part, names) for part in ast.iter_child_nodes(value) if isinstance(part, ast.expr))
        if isinstance(value, ast.JoinedStr):
            return all(
                part.format_spec is None and self._is_computed(part.value, names) for part in value.values if isinstance(part, ast.FormattedValue))
        if isinstance(value, ast.Call) and not value.keywords and all(self._is_computed(argument, names) for argument in value.args):
            of_text = isinstance(value.func, ast.Attribute) and value.func.attr in _OF_TEXTS and self._is_computed(value.func.value, names)
            return of_text or self._full(value.func) in _OF_ITEMS
        return self.is_changeable(value) is not None

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
    """Names that the file of a function gives to what nobody changes, of those what a function may name, and all values by such names.

    What could be changed is private to the file, and only read there, by this function as well.
    """
    if "*" in function.file:
        return frozenset(), {}
    bound = list(bindings(function.node, bound=True))
    return _values(Fixed(function.tree, function.node, bound, function.node.lineno), function.tree, also=not _READ_BY & {*bound, *function.file})


def values_in(tree: ast.Module) -> tuple[frozenset[str], dict[str, ast.expr]]:
    """The same of a whole file, for code that imports from it."""
    if any(isinstance(part, ast.ImportFrom) and part.names[0].name == "*" for part in ast.walk(tree)):
        return frozenset(), {}
    return _values(Fixed(tree, _NOWHERE, [], sys.maxsize), tree, also=False)


def _values(known, tree, also):
    """``also``: whether those that could be changed are among what may be named."""
    values = {name: part.value for part in tree.body if (name := _gives(part)) and name in known.of_file}
    getters = {name for name, value in values.items() if known.gets(value)}
    getters |= {name for name, value in values.items() if any(isinstance(part, ast.Name) and part.id in getters for part in ast.walk(value))}
    return frozenset(name for name, value in values.items() if name not in getters and (also or known.is_changeable(value) is False)), values


def _gives(part):
    """The one name that a statement gives a value; None where it is no such statement."""
    targets = part.targets if isinstance(part, ast.Assign) else [part.target] if isinstance(part, ast.AnnAssign) and part.value is not None else []
    return targets[0].id if len(targets) == 1 and isinstance(targets[0], ast.Name) else None


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
    parts = ast.walk(tree) if not own else tree.targets if isinstance(tree, ast.Assign) else [tree]
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
