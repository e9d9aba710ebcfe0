"""Told what a file was before a change and after it, says of each function what a proposal of the changed one looks like."""
from __future__ import annotations

import ast

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
MOVABLE = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.ClassDef, *FUNCTIONS)


def proposals(before: str, after: str, names: list[str]) -> list[str | None]:
    """For each name the text of the function as it became, behind the new statements of the module that it needs; None where nothing of it changed."""
    old, new = ast.parse(before), ast.parse(after)
    return [proposal(old, new, after, name) for name in names]


def proposal(old: ast.Module, new: ast.Module, after: str, name: str) -> str | None:
    was, function = definition(old, name), definition(new, name)
    if was is None or function is None or meaning(was) == meaning(function):
        return None
    had = {ast.dump(node) for node in old.body}
    fresh = [node for node in new.body if ast.dump(node) not in had and node is not function]
    methods = fresh_methods(old, new, name, function)
    taken, wanted = [], names_in(function).union(*map(names_in, methods.values()))
    while more := [node for node in fresh if node not in taken and bound_by(node) & wanted]:
        taken += more
        wanted = wanted.union(*map(names_in, more))
    # What runs when the file is imported is no part of a function.
    if not all(isinstance(node, MOVABLE) for node in taken):
        return None
    parts = []
    for node in sorted(taken, key=lambda n: n.lineno):
        if isinstance(node, ast.ImportFrom):  # of a longer import only what is new
            kept = [alias for alias in node.names if (alias.asname or alias.name) in wanted]
            parts.append(ast.unparse(ast.ImportFrom(node.module, kept, node.level)))
        else:
            parts.append(text_of(after, node))
    return "\n".join([*parts, *(text_of(after, method, methods) for method in methods.values()), text_of(after, function, methods)]) + "\n"


def definition(tree: ast.AST | None, name: str) -> ast.AST | None:
    for part in name.split("."):
        tree = next((n for n in tree.body if isinstance(n, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and n.name == part), None)
        if tree is None:
            return None
    return tree


def fresh_methods(old: ast.Module, new: ast.Module, name: str, function: ast.AST) -> dict[str, ast.FunctionDef]:
    """New methods of its class that it calls of its own object, by their names: beside it they are functions that are given that object."""
    before, after = (definition(tree, name.rpartition(".")[0]) if "." in name else None for tree in (old, new))
    if not isinstance(before, ast.ClassDef) or not isinstance(after, ast.ClassDef):
        return {}
    had = {node.name for node in before.body if hasattr(node, "name")}
    fresh = {n.name: n for n in after.body if isinstance(n, FUNCTIONS) and n.name not in had and (n.args.args or is_static(n)) and is_plain(n)}
    taken: dict[str, ast.FunctionDef] = {}
    looked = [function]
    while looked:
        for call in own_calls(looked.pop()):
            method = fresh.get(call.func.attr)
            if method is not None and method.name not in taken:
                taken[method.name] = method
                looked.append(method)
    return taken


def is_static(method: ast.FunctionDef) -> bool:
    return [getattr(decorator, "id", None) for decorator in method.decorator_list] == ["staticmethod"]


def is_plain(method: ast.FunctionDef) -> bool:
    return not method.decorator_list or is_static(method)


def own_calls(function: ast.FunctionDef) -> list[ast.Call]:
    """Calls of methods of the object that a method is called on."""
    first = function.args.args[0].arg if function.args.args else None
    return [
        node for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) and node.func.value.id == first
    ]


def meaning(node: ast.AST) -> str:
    """A function without its words: documentation and annotations change nothing that is measured."""
    node = ast.parse(ast.unparse(node)).body[0]
    for inner in ast.walk(node):
        if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inner.returns = None
            if isinstance(inner.body[0], ast.Expr) and isinstance(inner.body[0].value, ast.Constant):
                inner.body = inner.body[1:] or [ast.Pass()]
        elif isinstance(inner, ast.arg):
            inner.annotation = None
    return ast.dump(node)


def text_of(source: str, node: ast.AST, methods: dict[str, ast.FunctionDef] | None = None) -> str:
    """The text of a definition without its margin; methods that it calls of its own object are functions that are given that object."""
    decorators = getattr(node, "decorator_list", [])
    static = methods is not None and isinstance(node, FUNCTIONS) and is_static(node)
    first = node.lineno if static else min([node.lineno] + [decorator.lineno for decorator in decorators])
    lines = [line.encode() for line in source.split("\n")]
    calls = [call for call in own_calls(node) if call.func.attr in methods] if methods else []
    for call in sorted(calls, key=lambda c: (c.func.end_lineno, c.func.end_col_offset), reverse=True):
        line, own = lines[call.func.end_lineno - 1], call.func.value
        opened = line.find(b"(", call.func.end_col_offset) + 1
        if own.lineno != call.func.end_lineno or not opened:  # over several lines: it stays a method
            continue
        given = b"" if is_static(methods[call.func.attr]) else own.id.encode() + (b", " if call.args or call.keywords else b"")
        lines[call.func.end_lineno - 1] = line[: own.col_offset] + call.func.attr.encode() + b"(" + given + line[opened:]
    kept = inside_texts(node)
    shown = [(number, line.decode()) for number, line in enumerate(lines, 1) if first <= number <= node.end_lineno]
    return "\n".join(line if number in kept else line[node.col_offset :] for number, line in shown)


def inside_texts(node: ast.AST) -> set[int]:
    """Lines that begin inside of a text: their margin is part of it."""
    texts = [part for part in ast.walk(node) if isinstance(part, ast.JoinedStr) or isinstance(part, ast.Constant) and isinstance(part.value, (str, bytes))]
    return {line for text in texts for line in range(text.lineno + 1, text.end_lineno + 1)}


def names_in(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def bound_by(node: ast.AST) -> set[str]:
    """Names that a statement of a module binds, or whose value it changes."""
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        return {node.name}
    found, calls = set(), isinstance(node, ast.Expr)
    for part in ast.walk(node):
        if isinstance(part, (ast.Import, ast.ImportFrom)):
            found |= {alias.asname or alias.name.split(".")[0] for alias in part.names}
        elif isinstance(part, (*FUNCTIONS, ast.ClassDef)):
            found.add(part.name)
        elif isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
            found.add(part.id)
        elif isinstance(part, (ast.Attribute, ast.Subscript)) and isinstance(part.value, ast.Name) and (calls or not isinstance(part.ctx, ast.Load)):
            found.add(part.value.id)
    return found
