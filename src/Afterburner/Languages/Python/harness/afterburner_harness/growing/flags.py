"""What a function's source says of its parameters: the constants that it compares each of them with. A mode that no test gives is named there."""

from __future__ import annotations

import ast

from ..functions import definitions
from ..functions.targets import Target

_MOST = 6
_PLAIN = (str, int, float, bool, type(None))
_SAME = frozenset(("lower", "upper", "casefold", "strip", "lstrip", "rstrip", "get"))


def definition(target: Target) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef | None, ast.Module | None]:
    """A function as it is written, and its file; None where that cannot be read."""
    try:
        with open(target.file, "rb") as file:
            module = ast.parse(file.read())
        return definitions.find_node(module, target.name, target.line), module
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None, None


def of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, tuple]:
    """Constants by the name of the parameter that a definition compares with them."""
    parameters, found = {part.arg for part in ast.walk(node.args) if isinstance(part, ast.arg)}, {}
    for part in ast.walk(node):
        for expression, constants in _compared(part):
            name = _root(expression)
            if name in parameters:
                found.setdefault(name, {}).update(((type(each), each), None) for each in constants)
    return {name: tuple(value for _, value in values)[:_MOST] for name, values in found.items()}


def _compared(part):
    """``(expression, constants)`` of what is compared with constants, or looked up among them."""
    if isinstance(part, ast.Compare):
        sides = [part.left, *part.comparators]
        for one, other in zip(sides, sides[1:]):
            yield one, _constants(other)
            yield other, _constants(one)
    elif isinstance(part, ast.Subscript) and isinstance(part.value, ast.Dict):
        yield part.slice, _constants(part.value)
    elif isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and isinstance(part.func.value, ast.Dict) and part.args:
        yield part.args[0], _constants(part.func.value)
    elif type(part).__name__ == "Match":  # Python 3.9 has none
        yield part.subject, [each for case in part.cases for inner in ast.walk(case.pattern) for each in _constants(getattr(inner, "value", None))]


def _constants(node):
    if isinstance(node, ast.Constant):
        return [node.value] if type(node.value) in _PLAIN else []
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        return [-node.operand.value] if type(node.operand.value) in (int, float) else []
    items = node.elts if isinstance(node, (ast.Tuple, ast.List, ast.Set)) else node.keys if isinstance(node, ast.Dict) else []
    return [each for item in items for each in _constants(item)]


def _root(node):
    """The name that is compared, also in another case or without spaces."""
    if isinstance(node, ast.NamedExpr):
        node = node.value
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _SAME:
        node = node.func.value
    return node.id if isinstance(node, ast.Name) else None
