"""Whether an expression of a candidate means what the same expression means in the original."""

from __future__ import annotations

import ast

# Python 3.9 has no match statement.
_NAMING = tuple(getattr(ast, name) for name in ("ExceptHandler", "MatchAs", "MatchStar", "MatchMapping") if hasattr(ast, name))
_HOLDING = tuple(getattr(ast, name) for name in ("stmt", "ExceptHandler", "match_case") if hasattr(ast, name))
_EMPTY = frozenset(("[]", "{}", "set()", "list()", "dict()"))
_COLLECTING = frozenset(("add", "append", "discard", "extend", "update"))


class Bindings:
    """What binds each name inside of one function: parameters, and the text of every statement that gives a name its value."""

    def __init__(self, node: ast.AST, global_names: frozenset[str]):
        self._globals = global_names
        self._parameters = {a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg)}
        self._values = {}
        self._parts = [part for part in ast.walk(node) if isinstance(part, (ast.Name, ast.Attribute))]
        self._stored = {part.attr for part in self._parts if isinstance(part, ast.Attribute) and not isinstance(part.ctx, ast.Load)}
        self._iterated = {id(part.iter) for part in ast.walk(node) if isinstance(part, (ast.For, ast.AsyncFor, ast.comprehension))}
        self._above = {id(below): part for part in ast.walk(node) for below in ast.iter_child_nodes(part)}
        self._unit = {id(part): unit for unit, parts in _units(node) for part in parts}
        self._aliases = {}
        self._kept = [kept for part in ast.walk(node) for kept in _kept(part)]
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
            (text, *map(ast.dump, values)) in known and all(
                (self._simple(value, text) or all(self._untouched(each, other) for each in (name, *_names(value))))
                and self.same(value, other, depth - 1) for value in values)
            for text, values in bound)

    def _untouched(self, name, other):
        """Whether whatever names it, or may name the object that it is or one of its items, stands in the original too or only looks."""
        known = set(other._unit.values())
        named = (part for part in self._parts if getattr(part, "id", None) in self._aliases_of(name))
        return all(self._unit.get(id(part)) in known or self._only_looks(part) for part in named)

    def _only_looks(self, part):
        """Whether a use of a name is a comparison, an iteration, a key, or has to do with a container that began empty here."""
        above = self._above.get(id(part))
        if isinstance(part.ctx, ast.Store):
            return isinstance(above, ast.Assign) and part in above.targets and self._began_empty(part.id)
        if isinstance(above, ast.Subscript):
            return above.slice is part
        if isinstance(above, ast.Attribute):
            return above.attr in _COLLECTING and self._began_empty(part.id) and isinstance(self._above.get(id(above)), ast.Call)
        if isinstance(above, ast.Call) and part in above.args:
            return isinstance(above.func, ast.Attribute) and above.func.attr in _COLLECTING and self._began_empty(getattr(above.func.value, "id", None))
        return isinstance(above, ast.Compare) or id(part) in self._iterated

    def _began_empty(self, name):
        """Whether all that a name is bound to are containers without items."""
        return bool(self._values.get(name)) and all(
            len(values) == 1 and isinstance(values[0], (ast.List, ast.Dict, ast.Call)) and ast.unparse(values[0]) in _EMPTY
            for _, values in self._values[name])

    def _aliases_of(self, name):
        if name not in self._aliases:
            found, before = {name}, 0
            while len(found) > before:
                before = len(found)
                found |= {each for each, bound in self._values.items() for _, values in bound for value in values if _may_give(value, found)}
                found |= {name for given, names in self._kept if _may_give(given, found) for name in names}
            self._aliases[name] = found
        return self._aliases[name]

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


def _may_give(value, names):
    """Whether an expression may be one of some objects, or hold it: what is made anew of its items is not."""
    if isinstance(value, ast.Name):
        return value.id in names
    if isinstance(value, (ast.Constant, ast.BinOp, ast.Compare, ast.JoinedStr, ast.ListComp, ast.SetComp, ast.DictComp)):
        return False
    return any(_may_give(part, names) for part in ast.iter_child_nodes(value))


def _kept(statement):
    """``(expression, names of what may hold it afterwards)`` of a call for its effect, and of what is put into an attribute or an element."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        for given in (*call.args, *(keyword.value for keyword in call.keywords)):
            yield given, _names(call)
    elif isinstance(statement, ast.Assign):
        for target in statement.targets:
            if not isinstance(target, ast.Name):
                yield statement.value, _names(target)


def _names(expression):
    return {part.id for part in ast.walk(expression) if isinstance(part, ast.Name)}


def _units(node):
    """``(text, its parts)`` of each statement; of one that holds others, without those."""
    for statement in ast.walk(node):
        if isinstance(statement, ast.stmt) and statement is not node:
            own = [field for _, value in ast.iter_fields(statement) for field in (value if isinstance(value, list) else [value]) if isinstance(field, ast.AST)]
            own = [field for field in own if not isinstance(field, _HOLDING)]
            yield type(statement).__name__ + "".join(map(ast.dump, own)), [part for field in own for part in ast.walk(field)]
