"""What of a function goes somewhere: parts whose value is returned, raised, yielded, passed to what may have an effect, stored where others
see it, or decides about any of that; also by way of local names. What is only mentioned changes nothing, so it is as if it were not there.

Found by going backwards from what has an effect, without regard to the order of the code: rather too much than too little.
"""

from __future__ import annotations

import ast

from . import own
from .pure import BUILTINS, METHODS
from .source import Function, is_pure

_CHANGING = frozenset((
    "append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort", "popitem", "setdefault", "update", "add", "difference_update",
    "discard", "intersection_update", "symmetric_difference_update", "appendleft", "extendleft", "popleft", "rotate", "subtract",
    "move_to_end", "frombytes", "fromlist", "fill"))
_READING = frozenset(("os.environ.get", "os.getenv", "hmac.compare_digest", "secrets.compare_digest"))
_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def used(function: Function) -> frozenset[int]:
    """Identities of the parts of its tree that go somewhere."""
    return frozenset(_Used(function).find())


class _Used:
    def __init__(self, function):
        self._function = function
        self._own = own.containers(function)
        self._parameters = {part.arg for part in ast.walk(function.node.args) if isinstance(part, ast.arg)}
        self._ids, self._names, self._is_caught = set(), set(), False

    def find(self):
        known = -1
        while known != len(self._ids):
            known = len(self._ids)
            self._block(self._function.node.body, jumps=True)
        return self._ids

    def _block(self, statements, jumps):
        """Whether something in it has an effect. ``jumps``: whether leaving a loop, or a turn of it, is one."""
        live = False
        for statement in statements:
            live |= bool(getattr(self, "_" + type(statement).__name__.lower(), self._other)(statement, jumps))
            if isinstance(statement, _LEAVES):
                break
        return live

    def _use(self, *nodes):
        for node in filter(None, nodes):
            self._ids.add(id(node))
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                self._names.add(node.id)
            self._use(*_deciding(node))
        return True

    def _effects(self, *nodes):
        """Uses what in expressions whose value is dropped has an effect; whether anything has."""
        live = False
        for node in filter(None, nodes):
            if isinstance(node, ast.Call) and self._is_effect(node) or isinstance(node, (ast.Await, ast.Yield, ast.YieldFrom)):
                live = self._use(node)
            elif isinstance(node, ast.NamedExpr) and node.target.id in self._names:
                live = self._use(node.value)
            elif not isinstance(node, ast.Lambda):
                live |= self._effects(*_deciding(node))
        return live

    def _is_effect(self, call):
        function = call.func
        full = self._function.full_names(function)
        if full and all(is_pure(name) or name in _READING or (name in BUILTINS and name != "next") for name in full):
            return False
        if not isinstance(function, ast.Attribute):
            return True
        if function.attr in _CHANGING:
            return not self._is_own(function.value)
        return function.attr not in METHODS

    def _is_own(self, node):
        """Whether it is a container of the function's own in which nobody looks."""
        return isinstance(node, ast.Name) and node.id in self._own and node.id not in self._names

    def _other(self, node, jumps):
        """``with``, ``assert``, ``raise`` and all that is new: has an effect."""
        if isinstance(node, (ast.Pass, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal)):
            return False
        blocks = [getattr(node, name) for name in ("body", "orelse", "finalbody") if hasattr(node, name)]
        self._use(*(each for each in ast.iter_child_nodes(node) if not isinstance(each, ast.stmt)))
        for block in blocks:
            self._block(block, jumps)
        return True

    def _break(self, node, jumps):
        return jumps

    _continue = _break

    def _expr(self, node, jumps):
        return self._use(node.value) if self._is_caught else self._effects(node.value)

    def _assign(self, node, jumps):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(self._is_wanted(part, node) for target in targets for part in _parts(target)):
            return self._use(node.value, *targets)
        return self._use(node.value) if self._is_caught and node.value is not None else self._effects(node.value)

    _augassign = _annassign = _assign

    def _is_wanted(self, target, node):
        if isinstance(target, ast.Name):
            is_changed = isinstance(node, ast.AugAssign) and target.id in self._parameters and not isinstance(node.value, ast.Constant)
            return target.id in self._names or target.id in self._function.globals or is_changed
        return not self._is_own(target.value)

    def _delete(self, node, jumps):
        wanted = [target for target in node.targets if not isinstance(target, ast.Name) and not self._is_own(target.value)]
        return self._use(*wanted) if wanted else False

    def _if(self, node, jumps):
        if isinstance(node.test, ast.Constant):
            return self._block(node.body if node.test.value else node.orelse, jumps)
        live = [self._block(block, jumps) for block in (node.body, node.orelse)]
        is_choice = any(live) and [ast.dump(each) for each in node.body] != [ast.dump(each) for each in node.orelse]
        return self._use(node.test) if is_choice else self._effects(node.test) or any(live)

    def _while(self, node, jumps):
        if isinstance(node.test, ast.Constant) and not node.test.value:
            return self._block(node.orelse, jumps)
        return self._loop(node, node.test, jumps)

    def _for(self, node, jumps):
        return self._loop(node, node.iter, jumps)

    _asyncfor = _for

    def _loop(self, node, over, jumps):
        live = self._block(node.body, False) | self._block(node.orelse, jumps)
        stored = [part for part in _parts(getattr(node, "target", None)) if not isinstance(part, ast.Name) or part.id in self._names]
        if not (live or stored or self._effects(over)):
            return False
        self._block(node.body, True)
        return self._use(over, *stored)

    def _try(self, node, jumps):
        before, live = self._is_caught, self._block([each for handler in node.handlers for each in handler.body], jumps)
        live |= self._block(node.body, jumps)
        # What an exception leads to, and what it skips, is decided by whatever raises it.
        self._is_caught |= bool(node.handlers) and live
        self._block(node.body, jumps)
        self._is_caught = before
        live |= self._block(node.orelse, jumps) | self._block(node.finalbody, jumps)
        return self._use(*(handler.type for handler in node.handlers)) if live and node.handlers else live

    _trystar = _try

    def _match(self, node, jumps):
        live = [self._block(case.body, jumps) for case in node.cases]
        return self._use(node.subject, *(part for case in node.cases for part in (case.pattern, case.guard))) if any(live) else self._effects(node.subject)

    def _functiondef(self, node, jumps):
        if node.name not in self._names:
            return self._effects(*node.decorator_list, *node.args.defaults, *node.args.kw_defaults)
        before, self._is_caught = self._is_caught, False
        self._use(*node.decorator_list, *node.args.defaults, *node.args.kw_defaults)
        self._block(node.body, True)
        self._is_caught = before
        return False

    _asyncfunctiondef = _functiondef

    def _classdef(self, node, jumps):
        return self._use(node) if node.name in self._names else False


def _parts(target):
    """What an assignment stores to, one by one."""
    if isinstance(target, (ast.Tuple, ast.List)):
        return [part for each in target.elts for part in _parts(each)]
    return _parts(target.value) if isinstance(target, ast.Starred) else [] if target is None else [target]


def _deciding(node):
    """The parts of an expression that its value depends on: not what stands beside a constant that decides alone."""
    if isinstance(node, ast.IfExp):
        if isinstance(node.test, ast.Constant):
            return [node.body if node.test.value else node.orelse]
        if ast.dump(node.body) == ast.dump(node.orelse):
            return [node.body]
    if isinstance(node, ast.BoolOp):
        found = []
        for value in node.values:
            found.append(value)
            if isinstance(value, ast.Constant) and bool(value.value) == isinstance(node.op, ast.Or):
                break
        return found
    if isinstance(node, ast.Subscript) and isinstance(node.value, (ast.Tuple, ast.List)) and isinstance(node.slice, ast.Constant):
        items, index = node.value.elts, node.slice.value
        if isinstance(index, int) and -len(items) <= index < len(items) and not any(isinstance(item, ast.Starred) for item in items):
            return [items[index]]
    return list(ast.iter_child_nodes(node))
