"""Functions in syntax trees and code objects: found by qualified name and line, and given statements of the harness's own.

Nothing here imports or runs anything.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Iterator

SUSPENDED = 0x20 | 0x80 | 0x200  # flags of the code of generators and coroutines


def find_node(tree: ast.Module, name: str, line: int) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The definition of a qualified name; among several of one name, the one that starts at ``line``."""
    matches = list(_definitions(tree, parts(name)))
    at_line = [node for node in matches if first_line(node) == line or node.lineno == line]
    if at_line:
        return at_line[-1]
    return matches[0] if len(matches) == 1 else None


def parts(name: str) -> list[str]:
    """The parts of a qualified name as the compiler has them (PEP 3131): ``ﬁnd`` is ``find``."""
    if not name.isascii():
        import unicodedata  # here, because hardly a name needs it

        name = unicodedata.normalize("NFKC", name)
    return name.split(".")


def _definitions(tree, path):
    """Function definitions of a qualified name, in order; inside classes and blocks, never inside functions."""
    for node in statements(tree.body):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and path == [node.name]:
            yield node
        elif isinstance(node, ast.ClassDef) and len(path) > 1 and path[0] == node.name:
            yield from _definitions(node, path[1:])


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body and of the blocks inside it, in order; functions and classes are not entered."""
    for node in body:
        yield node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        for block in ("body", "orelse", "finalbody"):
            yield from statements(getattr(node, block, None) or [])
        for handler in [*getattr(node, "handlers", []), *getattr(node, "cases", [])]:
            yield from statements(handler.body)


def first_line(node: ast.AST) -> int:
    return min([node.lineno] + [d.lineno for d in getattr(node, "decorator_list", [])])


def nested_codes(code: types.CodeType) -> Iterator[types.CodeType]:
    """The code object and those of everything defined inside it: comprehensions, lambdas, inner functions."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from nested_codes(constant)


def code_of(code: types.CodeType, path: list[str], line: int) -> types.CodeType | None:
    """The code object of a qualified name that starts at a line."""
    for constant in code.co_consts:
        if not isinstance(constant, types.CodeType):
            continue
        if constant.co_name.startswith("<generic parameters"):  # def f[T](...) of Python 3.12
            found = code_of(constant, path, line)
        elif constant.co_name != path[0]:
            continue
        elif len(path) == 1:
            found = constant if constant.co_firstlineno == line else None
        else:
            found = code_of(constant, path[1:], line)
        if found is not None:
            return found
    return None


def insert_first(node: ast.AST, statements: list[ast.stmt]) -> None:
    """Puts statements before the first one that is not the docstring, on its line."""
    index = 1 if _is_documentation(node.body[0]) else 0
    line = node.body[min(index, len(node.body) - 1)].lineno
    for statement in statements:
        place(statement, line)
    node.body[index:index] = statements


def insert_entry(node: ast.AST, target_id: str) -> None:
    call = ast.parse(f"__ab_entry__({target_id!r}, __ab_locals__())").body
    insert_first(node, call)


def insert_exit(node: ast.AST, target_id: str) -> None:
    """Puts all statements but the docstring into a try whose finally tells that the function is left."""
    index = 1 if len(node.body) > 1 and _is_documentation(node.body[0]) else 0
    guarded = ast.parse(f"try:\n pass\nfinally:\n __ab_exit__({target_id!r})").body[0]
    place(guarded, node.body[index].lineno)
    guarded.body = node.body[index:]
    node.body[index:] = [guarded]


def _is_documentation(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def place(node: ast.AST, line: int) -> None:
    for inner in ast.walk(node):
        if hasattr(inner, "lineno"):
            inner.lineno = inner.end_lineno = line
            inner.col_offset = inner.end_col_offset = 0
