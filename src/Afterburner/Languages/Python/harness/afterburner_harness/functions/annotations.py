"""What annotations say of the values that a parameter takes."""

from __future__ import annotations

import ast
import collections
import copy
from collections.abc import Iterator

from . import definitions

GONE_THROUGH = frozenset(("Iterable", "Collection", "Container", "Reversible", "Sequence"))  # a text is each of them
_OTHERS = frozenset(("int", "float", "bool", "complex", "bytes", "list", "tuple", "dict", "set", "frozenset"))
_MARKS = frozenset(("Annotated", "Final", "Required", "NotRequired"))
_UNIONS = frozenset(("Union", "Optional"))
_GENERIC = frozenset(("_GenericAlias", "_UnionGenericAlias", "GenericAlias", "UnionType", "Union"))  # what the language makes of `Iterable[str]`
_ANY_STR = ast.parse("TypeVar('AnyStr', str, bytes)", mode="eval").body
ASKED = frozenset(("None", "bytes", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple"))
_DEEPEST, _LARGEST = 4, 200  # names of names, and nodes of an annotation


def of(node: ast.FunctionDef | ast.AsyncFunctionDef, module: ast.Module | None = None, known: dict | None = None) -> dict[str, ast.expr]:
    """The annotations of a definition, by the name of their parameter; that of further arguments (``*args``) is of each of them.

    ``module``: where names stand that annotations use, so that each means what it was given there. ``known``: its values, where it was
    imported: what another module gave a name.
    """
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *([arguments.vararg] if arguments.vararg else []), *arguments.kwonlyargs]
    annotated = [each for each in every if each.annotation is not None]
    named, variables = _named(module, known or {}) if annotated and module is not None else ({}, set())
    try:
        plain = {each.arg: _Meant({}).visit(copy.deepcopy(each.annotation)) for each in annotated}
        used = collections.Counter(name for each in plain.values() for name in {part.id for part in ast.walk(each) if isinstance(part, ast.Name)})
        # What one parameter of a type variable is decides what the others are.
        named = {name: meant for name, meant in named.items() if name not in variables or used[name] < 2}
        return {name: _Meant(named).visit(each) for name, each in plain.items()}
    except RecursionError:
        return {}


def asked(node: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, list[str]]:
    """Built-in kinds that a function asks a parameter about (``isinstance(each, list)``, ``each is None``), by its name; "None" for nothing."""
    given = node.args
    parameters = {each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)}
    found = {}
    for part in ast.walk(node):
        name = kinds = None
        if isinstance(part, ast.Call) and getattr(part.func, "id", None) == "isinstance" and len(part.args) == 2:
            name, kinds = part.args[0], part.args[1].elts if isinstance(part.args[1], ast.Tuple) else [part.args[1]]
        elif isinstance(part, ast.Compare) and len(part.ops) == 1 and isinstance(part.ops[0], (ast.Is, ast.IsNot)):
            name, kinds = part.left, part.comparators
        if isinstance(name, ast.Name) and name.id in parameters:
            known = found.setdefault(name.id, [])
            names = ["None" if isinstance(kind, ast.Constant) and kind.value is None else getattr(kind, "id", "") for kind in kinds]
            known += [kind for kind in names if kind in ASKED and kind not in known]
    return found


def converted(node: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """Built-in kinds that a function makes of values itself (``str(each)``): who calls it may give others, then."""
    calls = (part for part in ast.walk(node) if isinstance(part, ast.Call) and len(part.args) == 1 and not part.keywords)
    return frozenset(call.func.id for call in calls if isinstance(call.func, ast.Name) and call.func.id in ("str", "int", "float"))


def _named(module, known):
    """What names of a module stand for in annotations: other names of types, imports by another name, the kinds that a type variable may be.

    And which of them are type variables.
    """
    found = {"AnyStr": _ANY_STR}
    for node in definitions.statements(module.body):
        if isinstance(node, ast.ImportFrom):
            found.update({alias.asname: ast.Name(alias.name) for alias in node.names if alias.asname})
            found.update(_imported([alias.asname or alias.name for alias in node.names], known))
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            found[node.target.id] = node.value
        elif type(node).__name__ == "TypeAlias":  # Python before 3.12 has none
            found[node.name.id] = node.value
    variables = {name for name, value in found.items() if _is_variable(value)}
    return {name: _kinds(value) if name in variables else value for name, value in found.items()}, variables


def _imported(names, known):
    """What was made of types in another module, as it is written."""
    for name in names:
        value = known.get(name)
        if type(value).__module__ in ("typing", "types") and type(value).__name__ in _GENERIC:
            meant = written(value)
            if meant is not None:
                yield name, meant


def written(value: object) -> ast.expr | None:
    """An annotation that was evaluated, or is a text, as it is written; None where that cannot be told."""
    if isinstance(value, type) and type(value).__name__ != "GenericAlias":
        return ast.Name(value.__name__)
    return _parsed(ast.Constant(value if isinstance(value, str) else repr(value)))


def _is_variable(value):
    return isinstance(value, ast.Call) and getattr(value.func, "attr", getattr(value.func, "id", "")) == "TypeVar"


def _kinds(variable):
    """The kinds that a type variable may be, or its bound: anything where it has neither."""
    kinds = [*variable.args[1:], *(each.value for each in variable.keywords if each.arg == "bound")]
    return ast.Subscript(ast.Name("Union"), ast.Tuple(kinds)) if kinds else ast.Name("Any")


class _Meant(ast.NodeTransformer):
    """An annotation with what its names stand for in their places."""

    def __init__(self, named, deep=0, left=None):
        self._named, self._deep, self._left = named, deep, left or [_LARGEST]

    def visit_Name(self, node):
        self._left[0] -= 1
        meant = self._named.get(node.id)
        if meant is None or self._deep == _DEEPEST or self._left[0] <= 0:
            return node
        return _Meant(self._named, self._deep + 1, self._left).visit(copy.deepcopy(meant))

    def visit_Constant(self, node):
        parsed = _parsed(node)
        return node if parsed is None else self.visit(parsed)


def _parsed(node):
    """The expression of an annotation that is a text; None where it is none."""
    try:
        return ast.parse(node.value, mode="eval").body if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
    except (SyntaxError, ValueError, RecursionError):
        return None


def members(declared: ast.expr) -> Iterator[tuple[str, list[ast.expr]]]:
    """``(name, arguments)`` of what a union has, or of an annotation alone."""
    declared = _parsed(declared) or declared
    if isinstance(declared, ast.BinOp) and isinstance(declared.op, ast.BitOr):
        yield from members(declared.left)
        yield from members(declared.right)
        return
    inner = []
    if isinstance(declared, ast.Subscript):
        inner = declared.slice.elts if isinstance(declared.slice, ast.Tuple) else [declared.slice]
        declared = declared.value
    name = declared.attr if isinstance(declared, ast.Attribute) else getattr(declared, "id", "None" if getattr(declared, "value", "") is None else "")
    if name in _MARKS and inner:
        yield from members(inner[0])
        return
    if name in _UNIONS:
        for each in inner:
            yield from members(each)
        inner = []
        name = "None" if name == "Optional" else ""
    if name:
        yield name, inner


def takes_text(declared: ast.expr) -> bool:
    """Whether a text may be given where others give a list: not where the items are said to be something else."""
    return any(name == "str" or (name in GONE_THROUGH and _is_of_texts(inner)) for name, inner in members(declared))


def says_texts(inner: list[ast.expr]) -> bool:
    """Whether items are said to be texts, or may be anything."""
    return not inner or any(not parts and name in ("str", "Any", "object") for name, parts in members(inner[0]))


def _is_of_texts(inner):
    return not inner or any(not parts and name not in _OTHERS for name, parts in members(inner[0]))
