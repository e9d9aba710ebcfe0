"""What a function leads to by name: methods of its own object, functions of its file and of the modules of the repository that this imports, and
methods of classes there, by their names alone, since the class of a value is not known."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from . import importing
from .elsewhere import Elsewhere
from .pure import METHODS

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
INSIDES = ("__", "f_", "tb_", "gi_", "cr_", "ag_", "co_")  # of frames, and of what leads to them


def names(
        tree: ast.Module, node: ast.FunctionDef | ast.AsyncFunctionDef, elsewhere: Elsewhere) -> tuple[frozenset[str], frozenset[str]]:
    """Attributes that the functions it leads to read, and functions of the repository that they name by a name of this file."""
    modules = [tree, *elsewhere.imported(tree)]
    methods = {}  # of all classes there; what any value has by that name is not looked at
    for module in modules:
        for each in (each for part in ast.walk(module) if isinstance(part, ast.ClassDef) for each in part.body):
            if isinstance(each, _FUNCTIONS) and each.name not in METHODS and not each.name.startswith("__"):
                methods.setdefault(each.name, []).append((each, module))
    attributes, functions, waiting, seen = set(), set(), [(node, tree)], {id(node)}
    while waiting:
        each, module = waiting.pop()
        for name, is_attribute, called in _named(each, module, methods, elsewhere):
            if each is not node and not name.startswith(INSIDES) and (is_attribute or (module is tree and called)):
                (attributes if is_attribute else functions).add(name)
            for function in called:
                if id(function[0]) not in seen:
                    seen.add(id(function[0]))
                    waiting.append(function)
    return frozenset(attributes), frozenset(functions)


def owner(tree: ast.Module, node: ast.AST) -> ast.ClassDef | None:
    """The class that a method stands in."""
    return next((part for part in ast.walk(tree) if isinstance(part, ast.ClassDef) and node in part.body), None)


def _named(function, module, methods, elsewhere) -> Iterator[tuple[str, bool, list]]:
    """Names and attributes that a function reads, whether it is an attribute, and the functions that it may be, with their modules."""
    own = _functions(owner(module, function) or ast.Module([], []))
    beside, taken = _functions(module), dict(pair for part in module.body for pair in _taken(part))
    of = next(iter([*function.args.posonlyargs, *function.args.args]), None)
    for part in ast.walk(function):
        if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Load):
            is_own = of is not None and getattr(part.value, "id", None) == of.arg
            yield part.attr, True, [(own[part.attr], module)] if is_own and part.attr in own else methods.get(part.attr, [])
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            found = [(beside[part.id], module)] if part.id in beside else []
            if part.id in taken and not found:
                other, name = elsewhere.holder(taken[part.id])
                found = [(_functions(other)[name], other)] if other is not None and name in _functions(other) else []
            yield part.id, False, found


def _functions(tree):
    return {part.name: part for part in tree.body if isinstance(part, _FUNCTIONS)}


def _taken(part):
    """What an import takes from another module, by the name it gets; relative names with their dots."""
    if isinstance(part, ast.ImportFrom):
        for alias in part.names:
            yield alias.asname or alias.name, importing.full_name(part, alias)
