"""Whether an expression of a candidate means what the same expression means in the original."""

from __future__ import annotations

import ast

# Python 3.9 has no match statement.
_NAMING = tuple(getattr(ast, name) for name in ("ExceptHandler", "MatchAs", "MatchStar", "MatchMapping") if hasattr(ast, name))
_EMPTY = frozenset(("[]", "{}", "set()", "list()", "dict()"))
_PUTTING = frozenset(("add", "append", "appendleft", "extend", "insert", "setdefault", "update", "__setitem__", "__iadd__"))


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
        methods = [part.func for part in ast.walk(node) if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute)]
        self._called = {ast.dump(method) for method in methods if not self._began_empty(method.value)}
        stored = [part.value for part in ast.walk(node) if isinstance(part, ast.Subscript) and not isinstance(part.ctx, ast.Load)]
        put = [method.value for method in methods if method.attr in _PUTTING] + stored
        self._puts = any(not self._began_empty(value) for value in put)

    def _began_empty(self, value):
        """Whether an expression is a name of containers that had no items at first."""
        bound = self._values.get(value.id, ()) if isinstance(value, ast.Name) else ()
        return bool(bound) and all(len(values) == 1 and ast.unparse(values[0]) in _EMPTY for _, values in bound)

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

    def same_plainly(self, expression: ast.AST, other: Bindings) -> bool:
        """The same of a constant or a name that is bound to constants and names alone: what an attribute or an item is, others may have changed."""
        if not isinstance(expression, (ast.Constant, ast.Name)):
            return False
        waiting, seen = [expression], set()
        while waiting:
            part = waiting.pop()
            if isinstance(part, ast.Name) and part.id not in seen:
                seen.add(part.id)
                for text, values in self._values.get(part.id, ()):
                    if not values or (text.endswith("each") and self._puts):  # an inner function's, or what is put somewhere may come out here
                        return False
                    waiting += values
            elif isinstance(part, (ast.Attribute, ast.JoinedStr)):
                return False
        return self.same(expression, other)

    def same_text(self, expression: ast.AST, other: Bindings) -> bool:
        """The same of a text that is a name or an attribute of one of which only methods are called that the original calls."""
        if not isinstance(expression, ast.Attribute):
            return self.same_plainly(expression, other)
        return isinstance(expression.value, ast.Name) and not self._puts and self._called <= other._called and self.same(expression, other)

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
