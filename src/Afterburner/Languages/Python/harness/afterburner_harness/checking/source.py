"""One function of a file as source: what its names are bound to, and all that it reads from them."""

from __future__ import annotations

import ast
import dis
import functools
import types
from collections.abc import Callable, Iterable, Iterator

from ..functions import definitions
from . import fixed, importing, reached
from .elsewhere import Elsewhere
from .pure import LIBRARIES, MODULES, OF_MACHINE
from .stability import Bindings

_BINDING = tuple(getattr(ast, name) for name in ("MatchAs", "MatchStar", "MatchMapping") if hasattr(ast, name))  # not in Python 3.9
_NAMED_GLOBALS = frozenset(("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS", "STORE_GLOBAL", "DELETE_GLOBAL"))


class Function:
    """One function of a file: its syntax tree, and what it names. ``code``: given, that of the whole file; kept, that of the function.

    ``types``: identities of annotations inside it that do nothing but name types. ``held``: attributes of ``self``, in a method, that its class
    keeps values in; empty elsewhere. ``elsewhere``: other modules of the repository.
    """

    def __init__(
            self, tree: ast.Module, node: ast.FunctionDef | ast.AsyncFunctionDef, code: types.CodeType, path: str, elsewhere: Elsewhere | None = None):
        self.tree, self.node = tree, node
        self.elsewhere = elsewhere or Elsewhere("")
        self.file = _file_bindings(tree)
        self.code = definitions.code_of(code, definitions.parts(path), definitions.first_line(node))
        self.globals = _globals(self.code)
        self.bindings = Bindings(node, self.globals)
        self.body = [part for statement in node.body for part in ast.walk(statement)]
        self.types = {id(annotation) for annotation in _annotations(node, self.body, self.file)}
        self.held = _held(tree, node)
        self.imported = dict(_imports(self.body))
        self.inner = {id(part.value) for part in self.body if isinstance(part, ast.Attribute)}
        self.called = {id(part.func): part for part in self.body if isinstance(part, ast.Call)}
        self.chains = [chain for part in self.body if (chain := self._chain(part)) is not None]

    @functools.cached_property
    def through(self) -> tuple[frozenset[str], frozenset[str]]:
        """See ``reached.names``."""
        return reached.names(self.tree, self.node, self.elsewhere)

    @functools.cached_property
    def of_file(self) -> tuple[frozenset[str], dict[str, ast.expr]]:
        """See ``fixed.values_of``."""
        return fixed.values_of(self)

    def constant(self, expression: ast.AST) -> tuple[ast.expr, dict[str, ast.expr]] | None:
        """What an expression names, with the constants beside it, where that is one of its file, or of another module of the repository."""
        name = expression.id if isinstance(expression, ast.Name) else None
        if name in self.globals and name in self.of_file[0]:
            return self.of_file[1][name], self.of_file[1]
        full = self.members(name) if name else self.full_names(expression)
        return self.constant_of(full[0]) if len(full) == 1 and full[0] else None

    def constant_of(self, full: str) -> tuple[ast.expr, dict[str, ast.expr]] | None:
        """The same of a member by its full name."""
        module, name = self.elsewhere.holder(full)
        usable, values = (frozenset(), {}) if module is None else self.elsewhere.once(module, fixed.values_in)
        return (values[name], values) if name in usable else None

    def _chain(self, part):
        """``(expression, root, attributes)`` of a name with all that is read from it in one go."""
        if id(part) in self.inner or not isinstance(part, (ast.Attribute, ast.Name, ast.Call)):
            return None
        attributes, root = [], part
        while isinstance(root, ast.Attribute):
            attributes.insert(0, root.attr)
            root = root.value
        named = isinstance(root, ast.Name) and (attributes or isinstance(root.ctx, ast.Load))
        return (part, root, attributes) if named or (attributes and imported_by_constant(root)) else None

    def modules(self, root: ast.Name | ast.Call) -> list[str]:
        """Dotted names of the modules that a root may be: what is imported and not known to be pure may be one as well."""
        if isinstance(root, ast.Call):
            return [root.args[0].value.partition(".")[0]]
        found = list(self.imported.get(root.id, ()))
        if root.id in self.globals:
            found += self.file.get(root.id, ())
        return [name for kind, name in found if kind == "module" or (kind == "member" and not is_pure(name))]

    def members(self, name: str) -> list[str | None]:
        """Full names of the members of modules that a name may be; None among them for anything else."""
        found = list(self.imported.get(name, ()))
        if name in self.globals:
            found += self.file.get(name, ())
        return [full if kind == "member" else None for kind, full in found]

    def full_names(self, expression: ast.AST) -> list[str]:
        """Names of what an expression may be: a builtin, or a member of a module."""
        for part, root, attributes in self.chains:
            if part is expression:
                if isinstance(root, ast.Name) and not attributes and not self.members(root.id):
                    return [root.id] if root.id in self.globals else []
                if attributes:
                    return [".".join([module, *attributes]) for module in self.modules(root)]
                return [name for name in self.members(root.id) if name]
        return []


def own_name(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    """What a method calls the object it belongs to; None where something else may have that name, or it has none."""
    first = next(iter([*node.args.posonlyargs, *node.args.args]), None)
    if first is None or node.decorator_list or node.name in ("__new__", "__init_subclass__", "__class_getitem__"):
        return None
    return None if first.arg in {name for part in ast.walk(node) if part is not first and part is not node for name in _bound_by(part)} else first.arg


def _bound_by(part):
    """Names that one part of a tree gives a value."""
    if isinstance(part, ast.Name):
        return [] if isinstance(part.ctx, ast.Load) else [part.id]
    if isinstance(part, ast.alias):
        return [part.asname or part.name.partition(".")[0]]
    if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler, *_BINDING)):
        return [getattr(part, "name", None), getattr(part, "rest", None)]
    return [part.arg] if isinstance(part, ast.arg) else []


def _held(tree, node):
    """What another method of the class, too, gives its object, and what the class itself gives no value."""
    owner = reached.owner(tree, node)
    if owner is None:
        return frozenset()
    stored = {
        part.attr for method in owner.body if isinstance(method, ast.FunctionDef) and method is not node and (name := own_name(method)) is not None
        for part in ast.walk(method) if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store) and getattr(part.value, "id", None) == name}
    waiting, bound = list(owner.body), set()
    while waiting:
        part = waiting.pop()
        bound.update(_bound_by(part))
        if not isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(part))
    return frozenset(name for name in stored - bound if not name.startswith("__"))


def _annotations(node, body, file):
    """Annotations of inner functions' arguments and answers, where they only name types, and those of variables, which nothing looks at."""
    local = {name for part in ast.walk(node) if part is not node for name in _bound_by(part)}
    for part in body:
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            yield part.annotation
        if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)):
            given = part.args
            taken = [*given.posonlyargs, *given.args, *given.kwonlyargs, *(each for each in (given.vararg, given.kwarg) if each)]
            for annotation in filter(None, [part.returns, *(each.annotation for each in taken)]):
                if _names_types(annotation, local, file):
                    yield annotation


def _names_types(annotation, local, file):
    """A name, a text, or one of ``typing`` with such in brackets: whatever else is looked up or worked out could be read back."""
    if isinstance(annotation, ast.Subscript):
        of = file.get(getattr(annotation.value, "id", None), ())
        inner = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        typing = bool(of) and all(kind == "member" and full.startswith("typing.") for kind, full in of) and annotation.value.id not in local
        return typing and all(_names_types(each, local, file) for each in inner)
    return isinstance(annotation, ast.Name) or isinstance(annotation, ast.Constant) and type(annotation.value) in (str, type(None))


def is_pure(full: str, library_known: Callable[[str], bool] = lambda module: True) -> bool:
    module, _, name = full.rpartition(".")
    return name in MODULES.get(module, ()) and (module not in LIBRARIES or library_known(module))


def computes(full: str, library_known: Callable[[str], bool] = lambda module: True) -> bool:
    """Whether a candidate may take it: it is pure, and the same on every machine."""
    return full not in OF_MACHINE and is_pure(full, library_known)


def imported_by_constant(call: ast.AST | None) -> bool:
    """``__import__("bisect")`` is an import like another; only its other forms are dynamic."""
    return (
        isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "__import__" and len(call.args) == 1
        and not call.keywords and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str))


def _globals(code):
    """Names that a function and those inside it look up in the module and the builtins, as the interpreter will."""
    return frozenset(
        instruction.argval for nested in definitions.nested_codes(code) for instruction in dis.get_instructions(nested)
        if instruction.opname in _NAMED_GLOBALS)


def imported_names(parts: Iterable[ast.AST]) -> Iterator[str]:
    """Full names of what the imports among parts of a tree take."""
    for part in parts:
        if isinstance(part, ast.Import):
            yield from (alias.name for alias in part.names)
        elif isinstance(part, ast.ImportFrom):
            yield from (importing.full_name(part, alias) for alias in part.names)
        elif imported_by_constant(part):
            yield part.args[0].value


def _imports(parts):
    """``(name, {("module", dotted), ("member", full name)})`` of the imports among parts of a tree."""
    found = {}
    for part in parts:
        if isinstance(part, ast.Import):
            for alias in part.names:
                root = alias.name.partition(".")[0]
                found.setdefault(alias.asname or root, set()).add(("module", alias.name if alias.asname else root))
        elif isinstance(part, ast.ImportFrom):
            for alias in part.names:
                full = importing.full_name(part, alias)
                found.setdefault(alias.asname or alias.name, set()).add(("module" if full in MODULES else "member", full))
    return found.items()


def _file_bindings(tree):
    """What the names of a module are bound to: as ``_imports`` says, and ("other", None) for all else."""
    outside, waiting = [], list(tree.body)
    while waiting:
        part = waiting.pop()
        outside.append(part)
        if not isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(part))
    found = {name: set(kinds) for name, kinds in _imports(outside)}
    for part in [*outside, *(part for part in ast.walk(tree) if isinstance(part, ast.Global))]:
        names = getattr(part, "names", ()) if isinstance(part, ast.Global) else [getattr(part, "name", None), getattr(part, "rest", None)]
        if isinstance(part, ast.alias):
            continue
        if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
            names = [part.id]
        for name in names:
            if isinstance(name, str):
                found.setdefault(name, set()).add(("other", None))
    return found
