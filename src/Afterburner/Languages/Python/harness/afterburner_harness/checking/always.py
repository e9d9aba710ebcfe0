"""Comparisons of numbers that cannot come out false, because of the ranges that loops go through: ``0 <= n - d`` for ``d`` of ``range(1, n + 1)``.

No call can take the other way, so none has to. Only what follows from the function's own text counts: whole numbers out of ``range``,
``enumerate`` and ``len``, in names that nothing else binds. That no call happened to make a condition false proves nothing: a
condition that guards against what no test gives looks the same.
"""

from __future__ import annotations

import ast

from ..functions.showing import place_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .source import Function

_DEEPEST = 6
_LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.GeneratorExp)
_REPEATED = (*_LATER, ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.DictComp)
_TURNED = {ast.Gt: ast.Lt, ast.GtE: ast.LtE}


class _Unknown(Exception):
    """Not a sum of whole numbers that are known."""


def true(function: Function) -> set[tuple]:
    """Places (see ``showing.place_of``) of comparisons that are always true."""
    known, found = _Known(function), set()
    for part in function.body:
        if isinstance(part, ast.Compare):
            sides = [part.left, *part.comparators]
            for left, operator, right in zip(sides, part.ops, sides[1:]):
                place = place_of(part, ast.Compare(left, [operator], [right]))
                if not place[-1].endswith("...") and known.holds(left, type(operator), right, part):
                    found.add(place)
    return found


class _Known:
    def __init__(self, function):
        self._function = function
        self._bound, self._loops = {}, []  # how often a name is bound, the loops with what they hold
        again = {id(inner) for part in function.body if isinstance(part, _REPEATED) for inner in ast.walk(part)}
        # Given a value once, before whatever is compared: what is given one in a loop may be of an earlier turn.
        self._values = {
            part.targets[0].id: part.value for part in function.body
            if isinstance(part, ast.Assign) and id(part) not in again and len(part.targets) == 1 and isinstance(part.targets[0], ast.Name)}
        for part in [*function.body, *ast.walk(function.node.args)]:
            names = [part.id] if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load) else [
                getattr(part, name, None) for name in ("arg", "name", "asname", "rest")] + list(getattr(part, "names", ()))
            for name in names:
                if isinstance(name, str):
                    self._bound[name] = self._bound.get(name, 0) + 1
            if isinstance(part, ast.For):
                self._loops.append((part, {id(inner) for statement in part.body for inner in _now(statement)}))
        self._parameters = {part.arg for part in ast.walk(function.node.args) if isinstance(part, ast.arg)}

    def holds(self, left, operator, right, where):
        if operator in _TURNED:
            left, operator, right = right, _TURNED[operator], left
        if operator not in (ast.Lt, ast.LtE):
            return False
        ranges, whole = {}, set()
        for loop, held in self._loops:
            found = self._range(loop) if id(where) in held else {}
            ranges.update(found)
            whole |= {name for argument in loop.iter.args for name in _added(argument)} if found and isinstance(loop.target, ast.Name) else set()
        try:
            difference = _sum(self._terms(right, whole | ranges.keys()), self._terms(left, whole | ranges.keys()), -1)
            difference[None] = difference.get(None, 0) - (operator is ast.Lt)
            return self._is_never_negative(difference, ranges, whole | ranges.keys())
        except _Unknown:
            return False

    def _is_never_negative(self, terms, ranges, whole):
        for _ in range(_DEEPEST):
            looped = [name for name in terms if name in ranges and terms[name]]
            if not looped:
                return all(times >= 0 if name is None or name.startswith("len ") else times == 0 for name, times in terms.items())
            # The innermost first: its bounds may depend on the others.
            name = max(looped, key=list(ranges).index)
            times, (low, high) = terms.pop(name), ranges[name]
            bound = low if times > 0 else high
            if bound is None:
                return False
            terms = _sum(terms, self._terms(*bound, whole), times)
        return False

    def _terms(self, *parts_and_whole):
        """How often each name is in a sum; None: the number in it. Several parts are added."""
        *parts, whole = parts_and_whole
        found = {}
        for part in parts:
            found = _sum(found, {None: part} if isinstance(part, int) else self._of(part, whole, _DEEPEST), 1)
        return found

    def _of(self, node, whole, depth):
        if isinstance(node, ast.Constant) and type(node.value) is int:
            return {None: node.value}
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return _sum({}, self._of(node.operand, whole, depth), -1)
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
            return _sum(self._of(node.left, whole, depth), self._of(node.right, whole, depth), 1 if isinstance(node.op, ast.Add) else -1)
        if self._is_call(node, "len") and len(node.args) == 1 and not node.keywords:
            return {f"len {id(node)}": 1}  # another one each time: what is counted may change
        if not isinstance(node, ast.Name) or self._bound.get(node.id) != 1 or not depth or node.id in self._function.globals:
            raise _Unknown
        if node.id in self._values:
            return self._of(self._values[node.id], frozenset(), depth - 1)
        if node.id not in whole:
            raise _Unknown  # it may be any number, or none
        return {node.id: 1}

    def _range(self, loop):
        """``{name: (low, high)}`` of a loop's variable, each bound as parts of a sum, or None."""
        over, target = loop.iter, loop.target
        if self._is_call(over, "reversed") and len(over.args) == 1:
            over = over.args[0]
        if self._is_call(over, "enumerate") and len(over.args) == 1 and not over.keywords:
            target = target.elts[0] if isinstance(target, ast.Tuple) else target
            return {target.id: ((0,), None)} if self._is_once(target) and isinstance(loop.target, ast.Tuple) else {}
        if not self._is_call(over, "range") or over.keywords or not 1 <= len(over.args) <= 3 or not self._is_once(target):
            return {}
        first, last = (over.args[0], over.args[1]) if len(over.args) > 1 else (ast.Constant(0), over.args[0])
        step = ast.unparse(over.args[2]) if len(over.args) > 2 else "1"
        if step.isdigit() and step != "0":
            return {target.id: ((first,), (last, -1))}
        return {target.id: ((last, 1), (first,))} if step.startswith("-") and step[1:].isdigit() and step != "-0" else {}

    def _is_once(self, target):
        return isinstance(target, ast.Name) and self._bound.get(target.id) == 1 and target.id not in self._function.globals

    def _is_call(self, node, name):
        return (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name and name in self._function.globals
            and name not in self._function.file and not any(isinstance(argument, ast.Starred) for argument in node.args))


def _now(node):
    """The parts of a tree that run where they stand, not when somebody calls or reads them."""
    yield node
    if not isinstance(node, _LATER):
        for part in ast.iter_child_nodes(node):
            yield from _now(part)


def _added(node):
    """Names that a sum consists of: where ``range`` takes it, they are whole numbers."""
    if isinstance(node, ast.Name):
        return {node.id}
    if isinstance(node, ast.Call):  # reversed
        return {name for argument in node.args for name in _added(argument)} if getattr(node.func, "id", None) == "range" else set()
    is_sum = isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub))
    return _added(node.left) | _added(node.right) if is_sum else set()


def _sum(terms, others, times):
    found = dict(terms)
    for name, count in others.items():
        found[name] = found.get(name, 0) + times * count
    return found
