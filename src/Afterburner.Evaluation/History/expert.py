"""Told what a file was before a change and after it, says of each function what a proposal of the changed one looks like."""
from __future__ import annotations

import ast


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
    fresh = {n.name: n for n in after.body if isinstance(n, ast.FunctionDef) and n.name not in had and not n.decorator_list and n.args.args}
    taken: dict[str, ast.FunctionDef] = {}
    looked = [function]
    while looked:
        for call in own_calls(looked.pop()):
            method = fresh.get(call.func.attr)
            if method is not None and method.name not in taken:
                taken[method.name] = method
                looked.append(method)
    return taken


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
    first = min([node.lineno] + [decorator.lineno for decorator in getattr(node, "decorator_list", [])])
    lines = [line.encode() for line in source.split("\n")]
    calls = [call for call in own_calls(node) if call.func.attr in methods] if methods else []
    for call in sorted(calls, key=lambda c: (c.func.end_lineno, c.func.end_col_offset), reverse=True):
        line, own = lines[call.func.end_lineno - 1], call.func.value
        opened = line.find(b"(", call.func.end_col_offset) + 1
        if own.lineno != call.func.end_lineno or not opened:  # over several lines: it stays a method
            continue
        given = own.id.encode() + (b", " if call.args or call.keywords else b"")
        lines[call.func.end_lineno - 1] = line[: own.col_offset] + call.func.attr.encode() + b"(" + given + line[opened:]
    return "\n".join(line.decode()[node.col_offset :] for line in lines[first - 1 : node.end_lineno])


def names_in(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def bound_by(node: ast.AST) -> set[str]:
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {alias.asname or alias.name.split(".")[0] for alias in node.names}
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = getattr(node, "targets", None) or [node.target]
        return {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}
    return {node.name} if isinstance(node, (ast.FunctionDef, ast.ClassDef)) else set()
