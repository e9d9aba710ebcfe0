"""What a candidate names: only what the original names, or what is known to be pure. Everything else is unproven.

The encoder of answers runs beside the candidate, so this is what keeps a candidate from reaching anything but its
arguments. It says what is allowed, by name; ``rules`` only finds better words for some of what is not. A module is never
a value: its name stands before a dot, and what follows is a member that is listed or that the original takes from it.
"""

from __future__ import annotations

import ast
import builtins
import re
import string
from collections.abc import Iterator

from . import fixed, kept, own
from .pure import COMPUTING, LIBRARIES, METHODS, MODULES
from .source import Function, computes, imported_by_constant, imported_names, own_name

# Turn values into names or code: only in a call, with a constant that is allowed, or as the original calls them. The number is that of
# the argument which decides; None: all of them.
_DYNAMIC = {
    "getattr": 1, "hasattr": 1, "setattr": 1, "delattr": 1, "open": 0, "eval": None, "exec": None, "compile": None, "__import__": None,
    "vars": None, "globals": None, "locals": None, "dir": None, "operator.attrgetter": None, "operator.methodcaller": 0,
    "importlib.import_module": None,
}
_BY_CONSTANT = frozenset(("getattr", "hasattr", "operator.attrgetter", "operator.methodcaller"))
_TEXTS = frozenset(("format", "format_map"))  # read attributes that a text names
_PLAIN_DUNDERS = frozenset(("__class__", "__name__", "__qualname__", "__doc__", "__version__"))

_COUNTING = (ast.Sub, ast.FloorDiv, ast.Div, ast.Mod, ast.Pow, ast.LShift, ast.RShift, ast.BitAnd, ast.BitXor)
_OF_CONTAINERS = frozenset(("__contains__", "__getitem__", "__setitem__", "__delitem__", "__len__", "__iter__", "__reversed__"))


def unproven(candidate: Function, original: Function) -> Iterator[tuple[str, str]]:
    """``(kind, name)`` of everything the candidate names that it may not, in order of the code."""
    return _Naming(candidate, original).find()


class _Naming:
    def __init__(self, candidate, original):
        self._new, self._old = candidate, original
        self._attributes = {part.attr for part in original.body if isinstance(part, ast.Attribute)}
        self._stored = {part.attr for part in original.body if isinstance(part, ast.Attribute) and not isinstance(part.ctx, ast.Load)}
        self._receivers = {(ast.dump(part.value), part.attr) for part in original.body if isinstance(part, ast.Attribute)}
        self._chains = {".".join([module, *attributes]) for _, root, attributes in original.chains for module in original.modules(root)}
        self._imports = set(imported_names(original.body))
        self._classes = {ast.dump(part) for part in original.body if isinstance(part, ast.ClassDef)}
        self._decorators = {ast.dump(d) for part in original.body for d in getattr(part, "decorator_list", ())}
        self._names = {part.id for part in original.body if isinstance(part, ast.Name)}
        self._calls = list(original.called.values())
        self._own = own.containers(candidate)
        # What they come to is kept where no candidate may look.
        self._annotating = {
            id(name) for part in candidate.body if id(part) in candidate.types for name in ast.walk(part)
            if isinstance(name, ast.Name) and name.id in candidate.file}
        self._self, self._fixed, self._around = own_name(candidate.node), candidate.of_file[0], fixed.parents(candidate.node)
        self._kept = kept.Kept(candidate, original, self._self)
        self._through, self._leading = original.through
        self._bound = frozenset(fixed.bindings(candidate.node, bound=True))

    def find(self):
        for part in self._new.body:
            yield from getattr(self, f"_{type(part).__name__.lower()}", _nothing)(part)
        for name in sorted(self._new.globals - self._seen_names()):
            yield from self._of_global(name)  # named by what the syntax tree does not show

    def _seen_names(self):
        return {part.id for part in self._new.body if isinstance(part, ast.Name)} | {"__class__"}

    def _name(self, node):
        name = node.id
        if name.startswith("__") and name not in self._names and not self._is_import(node):
            yield "name", name
        elif id(node) in self._annotating:
            return
        elif name in self._new.globals and id(node) not in self._new.inner:
            yield from self._of_global(name)
        if isinstance(node.ctx, ast.Load) and id(node) not in self._new.inner:
            yield from self._used(node, node, [])
        is_handed_on = name == "type" and name in self._new.globals and name in self._old.globals and id(node) not in self._new.called
        if is_handed_on and not any(isinstance(part, ast.Name) and part.id == name and id(part) not in self._old.called for part in self._old.body):
            yield "computed", name

    def _of_global(self, name):
        if name in self._old.globals or name in _DYNAMIC:
            return
        bound = self._new.file.get(name)
        if bound is None:
            if not hasattr(builtins, name) and "*" not in self._new.file:
                yield "undefined", name
            elif name not in COMPUTING and not (name == "type" and self._plain_type()):
                yield "name", name
        elif not all(kind == "module" or (kind == "member" and (computes(full) or self._new.constant_of(full))) for kind, full in bound) and not (
                name in self._fixed or self._leads_to(name)):
            yield "name", name

    def _leads_to(self, name):
        """Whether it is a function that the original leads to, and nothing else."""
        bound = self._new.file.get(name)
        return name in self._leading and bound is not None and len(bound) == 1 and name not in self._bound

    def _attribute(self, node):
        if not isinstance(node.ctx, ast.Load) and node.attr not in self._stored:
            yield "stored", node.attr
        if id(node) in self._new.inner:
            return
        attributes, root = [], node
        while isinstance(root, ast.Attribute):
            attributes.insert(0, root)
            root = root.value
        yield from self._used(node, root, attributes)

    def _used(self, whole, root, attributes):
        """A name, and what is read from it in one go."""
        modules = self._new.modules(root) if isinstance(root, ast.Name) or imported_by_constant(root) else []
        if isinstance(root, ast.Name) and self._leads_to(root.id):
            modules = []
        for module in modules:
            yield from self._of_module(module, attributes)
        if isinstance(root, ast.Name) and attributes and root.id in self._new.globals and not modules:
            yield from self._of_global(root.id)
        if not modules:
            for attribute in attributes:
                yield from self._of_object(attribute)
        for name in self._new.full_names(whole):
            if name in _DYNAMIC:
                yield from self._dynamic(name, whole)

    def _of_module(self, module, attributes):
        names = [attribute.attr for attribute in attributes]
        full = ".".join([module, *names])
        for count in range(len(names), -1, -1):
            taken = ".".join([module, *names[:count]])
            if taken in self._chains or (count and computes(taken, self._library_known)) or self._new.constant_of(taken):
                for attribute in attributes[count:]:
                    yield from self._of_object(attribute)
                return
        yield "member" if names else "module", full

    def _library_known(self, module):
        return any(("module", module) in names for names in self._new.file.values())

    def _of_object(self, node):
        name = node.attr
        if name in _TEXTS:
            if not self._plain_text(node):
                yield "format", name
        elif name in _OF_CONTAINERS and (own.is_container(node.value, self._new) or getattr(node.value, "id", None) in self._own):
            return
        elif name.startswith("__") and name not in _PLAIN_DUNDERS:
            if (ast.dump(node.value), name) not in self._receivers or not self._new.bindings.same(node.value, self._old.bindings):
                yield "attribute", name
        elif name not in self._attributes and name not in METHODS and name not in self._through and not (
                self._holds(node) or self._kept.reads(node) or self._kept.asks(node)):
            yield "attribute", name

    def _holds(self, node):
        """Whether it counts or compares with what the object keeps: then nothing of that is handed on, called or changed."""
        if not (isinstance(node.value, ast.Name) and node.value.id == self._self and node.attr in self._old.held and isinstance(node.ctx, ast.Load)):
            return False
        outer = self._around.get(id(node))
        if isinstance(outer, ast.Call):
            return getattr(outer.func, "id", None) == "len" and node in outer.args and "len" not in self._bound and "len" not in self._new.file
        if isinstance(outer, ast.BinOp):  # a text on the left of % would look up what it names
            return isinstance(outer.op, _COUNTING) and not (isinstance(outer.op, ast.Mod) and outer.right is node)
        return isinstance(outer, (ast.Compare, ast.UnaryOp))

    def _plain_text(self, node):
        """A text to fill in is a constant without attributes, or what the original fills in."""
        value = node.value
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            return all(self._allowed_attribute(name) for name in _attributes_in(value.value))
        return (ast.dump(value), node.attr) in self._receivers and self._new.bindings.same_text(value, self._old.bindings)

    def _allowed_attribute(self, name):
        """Whether an attribute may be read by its name alone, from whatever it is."""
        if not isinstance(name, str) or not name.isidentifier() or name.startswith("__") or name in _TEXTS:
            return False
        return name in METHODS or name in self._attributes

    def _dynamic(self, name, expression):
        call = self._new.called.get(id(expression))
        if call is None:
            yield "computed", name
        elif name == "__import__" and imported_by_constant(call):
            if id(call) not in self._new.inner:
                yield "module", call.args[0].value
        elif not (self._by_constant(name, call) or any(self._like(call, old, name) for old in self._calls)):
            yield "computed", name

    def _by_constant(self, name, call):
        if name not in _BY_CONSTANT or any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
            return False
        named = call.args if name == "operator.attrgetter" else call.args[_DYNAMIC[name]:][:1]
        return bool(named) and all(isinstance(a, ast.Constant) and self._allowed_attribute(a.value) for a in named)

    def _like(self, call, old, name):
        """Whether the original makes the same call with the same deciding arguments, which mean the same there."""
        if name not in self._old.full_names(old.func):
            return False
        position = _DYNAMIC[name]
        ours, theirs = ([*c.args, *(k.value for k in c.keywords)] if position is None else c.args[position:position + 1] for c in (call, old))
        return [ast.dump(a) for a in ours] == [ast.dump(a) for a in theirs] and (bool(ours) or position is None) and all(
            self._new.bindings.same_plainly(a, self._old.bindings) for a in ours)

    def _plain_type(self):
        """``type`` of one value, compared or looked up only: whatever calls it could make a class of it."""
        compared = {id(side) for part in self._new.body if isinstance(part, ast.Compare) for side in (part.left, *part.comparators)}
        compared |= {id(part.slice) for part in self._new.body if isinstance(part, ast.Subscript)}
        uses = [part for part in self._new.body if isinstance(part, ast.Name) and part.id == "type"]
        calls = [self._new.called.get(id(use)) for use in uses]
        return all(
            call is not None and id(call) in compared and len(call.args) == 1 and not call.keywords and not isinstance(call.args[0], ast.Starred)
            for call in calls)

    def _is_import(self, node):
        return node.id == "__import__" and imported_by_constant(self._new.called.get(id(node)))

    def _call(self, node):
        if imported_by_constant(node):
            yield from self._import(node)
        if isinstance(node.func, ast.Name) and node.func.id == "type" and "type" in self._old.globals:
            nested = isinstance(node.args[0], ast.Call) and ast.dump(node.args[0].func) == ast.dump(node.func) if node.args else True
            like = any(ast.dump(node) == ast.dump(old) for old in self._calls)
            if not like and (nested or len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred)):
                yield "computed", "type"

    def _import(self, node):
        for name in imported_names([node]):
            if name not in self._imports and (name not in MODULES or (name in LIBRARIES and not self._library_known(name))):
                yield "import", name

    def _importfrom(self, node):
        for full in imported_names([node]):
            if full not in self._imports and full not in MODULES and not computes(full, self._library_known) and not self._new.constant_of(full):
                module = full.rpartition(".")[0]
                yield "import", module if module and module not in MODULES else full

    def _matchclass(self, node):
        for name in node.kwd_attrs:
            if not self._allowed_attribute(name):
                yield "attribute", name

    def _classdef(self, node):
        if ast.dump(node) not in self._classes:
            yield "class", node.name
        yield from self._functiondef(node)

    def _functiondef(self, node):
        for decorator in node.decorator_list:
            if ast.dump(decorator) not in self._decorators:
                yield "decorator", ast.unparse(decorator)

    _asyncfunctiondef = _functiondef

    def _excepthandler(self, node):
        if node.type is None and not any(isinstance(part, ast.ExceptHandler) and part.type is None for part in self._old.body):
            yield "name", "except without a class"


def _nothing(_):
    return ()


def _attributes_in(text):
    """Attributes that a text to fill in reads; None stands for one that cannot be told."""
    try:
        for _, field, spec, _ in string.Formatter().parse(text):
            yield from (name for dot, name in re.findall(r"([.\[])([^.\[]*)", field or "") if dot == ".")
            yield from _attributes_in(spec or "")
    except (ValueError, RecursionError):
        yield None
