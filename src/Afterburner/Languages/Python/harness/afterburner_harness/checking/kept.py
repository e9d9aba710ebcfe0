"""Where a function only reads what its object keeps: goes through it, looks something up in it, counts it, asks it what other methods ask it.

Nothing of it is called then, nor handed to what calls what it is given. What is changed in it shows when arguments are compared afterwards.
"""

from __future__ import annotations

import ast
import builtins

from . import fixed, reached
from .pure import METHODS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .source import Function

_ASKING = frozenset((
    "count", "endswith", "find", "get", "index", "isdisjoint", "issubset", "issuperset", "items", "keys", "rfind", "rindex", "split", "splitlines",
    "startswith", "values")) & METHODS
_TAKING = frozenset(("all", "any", "bool", "dict", "enumerate", "frozenset", "len", "list", "max", "min", "reversed", "set", "sorted", "sum", "tuple", "zip"))
_CALLING = frozenset(("filter", "iter", "map"))  # of the built-in functions, those that call what they are given first
_CALLING_METHODS = frozenset(("sub", "subn"))
_COMPUTING = frozenset(("bisect", "collections", "heapq", "math", "string", "unicodedata"))  # modules whose functions call nothing that they are given
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Kept:
    """What a candidate does with attributes of its own object. ``own``: what it calls that; None where it has none."""

    def __init__(self, candidate: Function, original: Function, own: str | None):
        self._own, self._held = own, original.held
        self._around = fixed.parents(candidate.node)
        self._local = frozenset(fixed.bindings(candidate.node, bound=True)) | {each.arg for each in ast.walk(candidate.node.args) if isinstance(each, ast.arg)}
        self._file = candidate.file
        self._asked = _asked(candidate.tree, candidate.node)
        self._known = original.through[0] | {part.attr for part in original.body if isinstance(part, ast.Attribute)}
        self._aliases = self._found_aliases(candidate)
        self._calls_names = self._only_names_are_called(candidate, original)

    def reads(self, node: ast.Attribute) -> bool:
        """Whether something that the object keeps is only read where it stands."""
        return self._is_held(node) and self._calls_names and self._is_read(node)

    def asks(self, node: ast.Attribute) -> bool:
        """Whether it reads of something kept what another method of the class reads of it: ``self._source.until``."""
        value = node.value
        name = self._aliases.get(value.id) if isinstance(value, ast.Name) else value.attr if isinstance(value, ast.Attribute) and self._is_held(value) else None
        return (name, node.attr) in self._asked and isinstance(node.ctx, ast.Load) and self._calls_names

    def _is_held(self, node):
        return isinstance(node.value, ast.Name) and node.value.id == self._own and node.attr in self._held and isinstance(node.ctx, ast.Load)

    def _is_read(self, node):
        outer = self._around.get(id(node))
        if isinstance(outer, (ast.For, ast.comprehension)):
            return outer.iter is node
        if isinstance(outer, ast.Subscript):
            return outer.value is node and isinstance(outer.ctx, ast.Load)
        if isinstance(outer, ast.Attribute):
            over = self._around.get(id(outer))
            return (outer.attr in _ASKING and isinstance(over, ast.Call) and over.func is outer) or self.asks(outer)
        if isinstance(outer, ast.Call):
            return node in outer.args and not outer.keywords and getattr(outer.func, "id", None) in _TAKING and self._is_builtin(outer.func.id)
        if isinstance(outer, (ast.If, ast.While, ast.IfExp)):
            return outer.test is node
        return isinstance(outer, ast.Assign) and any(isinstance(target, ast.Name) and target.id in self._aliases for target in outer.targets)

    def _is_builtin(self, name):
        return hasattr(builtins, name) and name not in self._local and name not in self._file

    def _found_aliases(self, candidate):
        """Names that stand for something kept and for nothing else, and that are only read; with the attribute."""
        bound = list(fixed.bindings(candidate.node, bound=True))
        found = {
            part.targets[0].id: part.value for part in candidate.body
            if isinstance(part, ast.Assign) and len(part.targets) == 1 and isinstance(part.targets[0], ast.Name) and bound.count(part.targets[0].id) == 1
            and isinstance(part.value, ast.Attribute) and self._is_held(part.value)}
        self._aliases = {name: value.attr for name, value in found.items()}
        loads = [part for part in candidate.body if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load) and part.id in found]
        odd = {part.id for part in loads if not self._is_compared(part) and not self._is_read_as_name(part)}
        return {name: value.attr for name, value in found.items() if name not in odd}

    def _is_compared(self, node):
        return isinstance(self._around.get(id(node)), ast.Compare)

    def _is_read_as_name(self, node):
        outer = self._around.get(id(node))
        if isinstance(outer, ast.Attribute):
            over = self._around.get(id(outer))
            return (outer.attr in _ASKING and isinstance(over, ast.Call) and over.func is outer) or (
                self._aliases[node.id], outer.attr) in self._asked or outer.attr in self._known
        return not isinstance(outer, ast.Assign) and self._is_read(node)

    def _only_names_are_called(self, candidate, original):
        """Whether no value is called that may be something kept: methods, functions and classes by their names, and functions inside it."""
        inside = {part.name for part in candidate.body if isinstance(part, _FUNCTIONS)}
        known = {ast.dump(call.func) for call in original.called.values()}

        def is_plain(value):
            return isinstance(value, (ast.Lambda, ast.Constant)) or (isinstance(value, ast.Name) and (value.id not in self._local or value.id in inside))

        def is_fit(call):
            function, keys = call.func, [keyword.value for keyword in call.keywords if keyword.arg in ("key", None)]
            if ast.dump(function) in known:
                return all(map(is_plain, keys))
            if isinstance(function, ast.Attribute) and not candidate.full_names(function):
                return all(map(is_plain, [*keys, *(call.args[:1] if function.attr in _CALLING_METHODS else ())]))
            if isinstance(function, ast.Name) and (function.id in inside or self._is_builtin(function.id)):
                return all(map(is_plain, [*keys, *(call.args[:1] if function.id in _CALLING else ())]))
            full = candidate.full_names(function)
            return len(full) == 1 and full[0].rpartition(".")[0] in _COMPUTING and not keys

        # What is entered, awaited or used as a decorator runs methods that are not named.
        entered = {ast.dump(part.context_expr) for part in original.body if isinstance(part, ast.withitem)}
        odd = any(
            isinstance(part, ast.Await) or getattr(part, "decorator_list", None)
            or (isinstance(part, ast.withitem) and ast.dump(part.context_expr) not in entered) for part in candidate.body)
        return not odd and all(map(is_fit, candidate.called.values()))


def _asked(tree, node):
    """``(attribute, what is read of it)`` of the object, in other methods of the class."""
    owner = reached.owner(tree, node)
    found = set()
    for method in owner.body if owner else ():
        own = next(iter([*method.args.posonlyargs, *method.args.args]), None) if isinstance(method, _FUNCTIONS) and method is not node else None
        for part in ast.walk(method) if own else ():
            kept = part.value if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Load) else None
            if isinstance(kept, ast.Attribute) and getattr(kept.value, "id", None) == own.arg and not part.attr.startswith(reached.INSIDES):
                found.add((kept.attr, part.attr))
    return found
