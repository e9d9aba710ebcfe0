"""Local names that only ever hold a container which the function itself makes: no one else sees it, and its class is the built-in one."""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .source import Function

_DISPLAYS = (ast.List, ast.ListComp, ast.Dict, ast.DictComp, ast.Set, ast.SetComp)
_BUILTIN = frozenset(("list", "dict", "set", "frozenset", "bytearray"))
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def containers(function: Function) -> frozenset[str]:
    """Names that are bound to new containers and to nothing else."""
    own, other = set(), {part.arg for part in ast.walk(function.node.args) if isinstance(part, ast.arg)}
    bound = {}  # of the names that are stored, those whose value is known
    for part in function.body:
        if isinstance(part, ast.Assign):
            bound.update((id(target), part.value) for target in part.targets)
        elif isinstance(part, (ast.AnnAssign, ast.NamedExpr)) and part.value is not None:
            bound[id(part.target)] = part.value
        elif isinstance(part, (*_SCOPES, ast.Global, ast.Nonlocal, ast.alias, ast.ExceptHandler)) or type(part).__name__.startswith("Match"):
            other |= _names_of(part)
    for part in function.body:
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            (own if is_container(bound.get(id(part)), function) else other).add(part.id)
    return frozenset(own - other - function.globals)


def is_container(value: ast.AST | None, function: Function) -> bool:
    """Whether an expression makes a container of a built-in class."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id in _BUILTIN and value.func.id in function.globals and value.func.id not in function.file
    return isinstance(value, _DISPLAYS)


def _names_of(part):
    """Names that a part of a tree binds otherwise than by a value."""
    names = [getattr(part, "name", None), getattr(part, "asname", None), getattr(part, "rest", None), *getattr(part, "names", ())]
    arguments = [each.arg for each in ast.walk(part.args) if isinstance(each, ast.arg)] if hasattr(part, "args") else []
    return {name for name in [*names, *arguments] if isinstance(name, str)}
