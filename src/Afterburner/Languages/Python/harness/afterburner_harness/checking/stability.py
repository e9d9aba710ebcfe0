"""Whether an expression of a candidate means what the same expression means in the original."""

from __future__ import annotations

import ast

# Python 3.9 has no match statement.
_NAMING = tuple(getattr(ast, name) for name in ("ExceptHandler", "MatchAs", "MatchStar", "MatchMapping") if hasattr(ast, name))


class Bindings:
    """What binds each name inside of one function: parameters, and the text of every statement that gives a name its value."""

    def __init__(self, node: ast.AST, global_names: frozenset[str]):
        self._globals = global_names
        self._parameters = {a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg)}
        self._values = {}
        self._parts = [part for part in ast.walk(node) if isinstance(part, (ast.Name, ast.Attribute))]
        self._stored = {part.attr for part in self._parts if isinstance(part, ast.Attribute) and not isinstance(part.ctx, ast.Load)}
        self._iterated = {id(part.iter) for part in ast.walk(node) if isinstance(part, (ast.For, ast.AsyncFor, ast.comprehension))}
        for part in ast.walk(node):
            if part is not node.args:
                self._add(part, node)

    def _add(self, part, node):
        if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)) and part is not node:
            arguments = [] if isinstance(part, ast.ClassDef) else [a for a in ast.walk(part.args) if isinstance(a, ast.arg)]
            for name in [getattr(part, "name", None), *(a.arg for a in arguments)]:
                self._bind(name, part, ())
        elif isinstance(part, (ast.For, ast.AsyncFor, ast.comprehension)):
            self._target(part.target, part.iter, "each")
        elif isinstance(part, ast.Assign):
            for target in part.targets:
                self._target(target, part.value, "value")
        elif isinstance(part, (ast.AugAssign, ast.AnnAssign, ast.NamedExpr)):
            self._target(part.target, part.value, type(part).__name__)
        elif isinstance(part, ast.withitem) and part.optional_vars is not None:
            self._target(part.optional_vars, part.context_expr, "with")
        elif isinstance(part, _NAMING):
            self._bind(getattr(part, "name", None) or getattr(part, "rest", None), part, ())
        elif isinstance(part, ast.alias):
            self._bind(part.asname or part.name, part, ())

    def _target(self, target, value, how):
        for part in ast.walk(target):
            if isinstance(part, ast.Name):
                self._bind(part.id, ast.dump(target) + how, () if value is None else (value,))

    def _bind(self, name, text, values):
        if name is not None:
            self._values.setdefault(name, []).append((text if isinstance(text, str) else ast.dump(text), values))

    def same(self, expression: ast.AST, other: Bindings, depth: int = 8) -> bool:
        """Whether its value cannot be another one here: its names are bound as they are there, and nothing sets its attributes."""
        if depth == 0 or any(isinstance(part, ast.Attribute) and part.attr in self._stored for part in ast.walk(expression)):
            return False
        return all(self._same_name(part.id, other, depth) for part in ast.walk(expression) if isinstance(part, ast.Name))

    def _same_name(self, name, other, depth):
        bound = self._values.get(name, ())
        if not bound:
            return name in other._globals or name in other._parameters
        known = {(text, *map(ast.dump, values)) for text, values in other._values.get(name, ())}
        return all(
            (text, *map(ast.dump, values)) in known and all(self._simple(value, text) and self.same(value, other, depth - 1) for value in values)
            for text, values in bound)

    def _simple(self, value, text):
        """A constant, a name or an attribute; what is iterated must not be touched otherwise, or more could be put into it."""
        if isinstance(value, (ast.Constant, ast.JoinedStr)):
            return True
        if isinstance(value, (ast.Tuple, ast.List, ast.Set)):
            return all(isinstance(item, ast.Constant) for item in value.elts)
        if not isinstance(value, (ast.Name, ast.Attribute)):
            return False
        last = value.id if isinstance(value, ast.Name) else value.attr
        named = (part for part in self._parts if last in (getattr(part, "id", None), getattr(part, "attr", None)))
        return not text.endswith("each") or all(id(part) in self._iterated for part in named)
