"""One function of a file as source: what its names are bound to, and all that it reads from them."""

from __future__ import annotations

import ast
import dis
import types
from collections.abc import Callable, Iterable, Iterator

from ..functions import definitions
from .pure import LIBRARIES, MODULES
from .stability import Bindings

_NAMING_TYPES = (
    ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.List, ast.Constant, ast.BinOp, ast.BitOr, ast.Load)  # Optional[a.B], A | None
_NAMED_GLOBALS = frozenset(("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS", "STORE_GLOBAL", "DELETE_GLOBAL"))


class Function:
    """One function of a file: its syntax tree, and what it names. ``code``: given, that of the whole file; kept, that of the function.

    ``types``: identities of annotations inside it that do nothing but name types. ``held``: attributes of ``self``, in a method, that its class
    keeps values in; empty elsewhere.
    """

    def __init__(self, tree: ast.Module, node: ast.FunctionDef | ast.AsyncFunctionDef, code: types.CodeType, path: str):
        self.tree, self.node = tree, node
        self.file = _file_bindings(tree)
        self.code = definitions.code_of(code, definitions.parts(path), definitions.first_line(node))
        self.globals = _globals(self.code)
        self.bindings = Bindings(node, self.globals)
        self.body = [part for statement in node.body for part in ast.walk(statement)]
        self.types = {id(annotation) for annotation in _annotations(self.body)}
        self.held = _held(tree, node)
        self.imported = dict(_imports(self.body))
        self.inner = {id(part.value) for part in self.body if isinstance(part, ast.Attribute)}
        self.called = {id(part.func): part for part in self.body if isinstance(part, ast.Call)}
        self.chains = [chain for part in self.body if (chain := self._chain(part)) is not None]

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
    """What a method calls the object it belongs to; None where it has another name for it, or none."""
    first = next(iter([*node.args.posonlyargs, *node.args.args]), None)
    parts = [part for part in ast.walk(node) if part is not first]
    again = first is None or any(
        (isinstance(part, ast.arg) and part.arg == first.arg)
        or (isinstance(part, ast.Name) and part.id == first.arg and not isinstance(part.ctx, ast.Load)) for part in parts)
    return None if again or any(getattr(d, "id", None) in ("staticmethod", "classmethod") for d in node.decorator_list) else first.arg


def _held(tree, node):
    """What other methods of the class, too, read or store in an object, and what is no method or property of the class itself."""
    owner = next((part for part in ast.walk(tree) if isinstance(part, ast.ClassDef) and node in part.body), None)
    if owner is None or own_name(node) is None:
        return frozenset()
    methods = [part for part in owner.body if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef))]
    found = set()
    for method in methods:
        name, calls = own_name(method), {id(part.func) for part in ast.walk(method) if isinstance(part, ast.Call)}
        found |= {
            part.attr for part in ast.walk(method)
            if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == name and id(part) not in calls and method is not node}
    bound = {part.name for part in owner.body if hasattr(part, "name")}
    bound |= {
        name.id for part in owner.body if isinstance(part, (ast.Assign, ast.AugAssign, ast.For, ast.With, ast.If, ast.Try))
        for name in ast.walk(part) if isinstance(name, ast.Name)}
    return frozenset(name for name in found - bound if not name.startswith("__"))


def _annotations(body):
    """Annotations of inner functions' arguments and answers, where they only name types, and those of variables, which nothing looks at."""
    for part in body:
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            yield part.annotation
        if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)):
            given = part.args
            taken = [*given.posonlyargs, *given.args, *given.kwonlyargs, *(each for each in (given.vararg, given.kwarg) if each)]
            for annotation in filter(None, [part.returns, *(each.annotation for each in taken)]):
                if all(isinstance(each, _NAMING_TYPES) for each in ast.walk(annotation)):
                    yield annotation


def is_pure(full: str, library_known: Callable[[str], bool] = lambda module: True) -> bool:
    module, _, name = full.rpartition(".")
    return name in MODULES.get(module, ()) and (module not in LIBRARIES or library_known(module))


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
            yield from (_full_name(part, alias) for alias in part.names)
        elif imported_by_constant(part):
            yield part.args[0].value


def _full_name(part, alias):
    return "." * part.level + (f"{part.module}." if part.module else "") + alias.name


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
                full = _full_name(part, alias)
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
