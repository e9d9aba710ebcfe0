"""Numbers and texts that only a candidate's code holds: as the compiler has worked them out, and what expressions of constants alone come to.

On each of them it may do otherwise than the original, so calls are made with them, and with numbers of elements at which only the
original stops. What cannot be told, or is more than a call can have, cannot be tried.
"""

from __future__ import annotations

import ast
import math
import types
from collections.abc import Iterator

from . import folding
from .source import Function

_LONGEST_TEXT, _LONGEST_NUMBER, _MOST = 200, 66, 12
_MOST_ELEMENTS, _BEYOND = 20_000, 10_000_000  # of a call that is made; of one that anybody makes
_LIMITING = frozenset(("islice", "nlargest", "nsmallest", "min", "max", "split", "rsplit", "replace", "zip", "repeat", "deque"))
_TOGETHER = frozenset(("zip", "map", "compress", "starmap"))  # end with the shortest of what they go through
_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def new(candidate: Function, original: Function) -> list:
    """Those that take a special value to matter, the largest first."""
    ours = _all(candidate)
    found = (ours - _all(original)) | ({(type(value), value) for value in _Values(original).stops} - ours)
    numbers = [value for kind, value in found if kind is not str and _is_special(value)]
    numbers += {value for kind, text in found if kind is str for value in _written(text)}.difference(numbers)
    texts = [value for kind, value in found if kind is str and 0 < len(value) <= _LONGEST_TEXT]
    return sorted(numbers, key=abs, reverse=True) + sorted(texts, key=lambda text: (len(text), text), reverse=True)


def _written(text):
    """The number that a text is written as, with digits of any of the usual bases: a number's own text is looked at as easily as the number."""
    for base in (10, 0) if len(text) <= _LONGEST_NUMBER and text.isascii() and "_" not in text else ():
        try:
            value = int(text, base)
        except ValueError:
            continue
        if _is_special(value):
            yield value
            return


def _is_special(value):
    """Small whole numbers have been tried, or are nothing that a call is needed for."""
    return math.isfinite(value) and (3 <= abs(value) < 1 << 63 or value != int(value))


def untriable(candidate: Function, original: Function) -> Iterator[tuple[str, str]]:
    """``(kind, text)`` of values of which no call can be made."""
    known, ours = _Values(original), _Values(candidate)
    yield from (("hidden constant", text) for text in ours.hidden if text not in known.hidden)
    old, new_ones = _all(original), _all(candidate)
    yield from (("limit", str(value)) for value in ours.limits if (type(value), value) not in old and value not in known.limits)
    yield from (("lost limit", str(value)) for value in known.limits if (type(value), value) not in new_ones and value not in ours.limits)
    found = new(candidate, original)
    for kind, what in ((str, "texts"), ((int, float), "numbers")):
        count = sum(isinstance(value, kind) for value in found)
        if count > _MOST:
            yield "constants", f"{count} {what}"


def _all(function):
    taken = {tuple(alias.name for alias in part.names) for part in function.body if isinstance(part, ast.ImportFrom)}
    return {(type(value), value) for value in [*_compiled(function.code, taken), *_Values(function).found, *_named(function)]}


def _named(function):
    """Numbers and texts in constants of files that it names, and in those that they name."""
    waiting, seen = list(_constants(function)), set()
    while waiting:
        whole, beside = waiting.pop()
        if id(whole) in seen:
            continue
        seen.add(id(whole))
        parts, folding_of = [whole], folding.Folding(function, beside)
        while parts:
            part = parts.pop()
            try:
                value = folding_of.value(part) if isinstance(part, ast.expr) else None
            except (folding.Open, folding.Hidden):
                value = None
            if type(value) in (int, float, str):
                yield value
                continue
            waiting += [(beside[part.id], beside)] if isinstance(part, ast.Name) and part.id in beside else []
            parts += ast.iter_child_nodes(part)


def _constants(function):
    """Constants of files that a function names, with those beside them."""
    for part, root, attributes in function.chains:
        if isinstance(root, ast.Name):
            yield from filter(None, [function.constant(root)])
        for full in function.full_names(part) if attributes else ():
            names = full.split(".")
            yield from filter(None, (function.constant_of(".".join(names[:count])) for count in range(len(names), len(names) - len(attributes) - 1, -1)))


def _compiled(code, taken):
    """``taken``: names that imports take, which are no texts of the code; what is written as well is found where it is written."""
    waiting = list(code.co_consts)
    while waiting:
        value = waiting.pop()
        if value in taken:
            continue
        if isinstance(value, (tuple, frozenset)):
            waiting.extend(value)
        elif isinstance(value, types.CodeType):
            waiting.extend(value.co_consts)
        elif type(value) in (int, float) or (type(value) is str and "<locals>" not in value):  # Python 3.10 keeps names of inner functions there
            yield value


class _Values:
    """What the largest expressions of constants alone come to. ``hidden``: those of numbers for which that cannot be told; ``limits``:
    numbers of elements at which something stops, and that no call has; ``stops``: such that a call has."""

    def __init__(self, function):
        self.found, self.hidden, self.limits, self.stops = [], [], [], []
        self._folding = folding.Folding(function)
        self._stable = _stable(function)
        self._types = function.types
        for statement in function.node.body:
            self._visit(statement)

    def _visit(self, node):
        if id(node) in self._types:
            return
        try:
            value = self._folding.value(node) if isinstance(node, ast.expr) else None
        except folding.Open:
            value = None
        except folding.Hidden:
            value = None
            if self._folding.gives_number(node):
                self.hidden.append(ast.unparse(node))
                return
        if value is not None and type(value) in (int, float, str):
            self.found.append(value)
            return
        self._limited(node)
        for part in ast.iter_child_nodes(node):
            self._visit(part)
        self._bind(node)

    def _bind(self, node):
        """Notes what a local name holds from here on."""
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, (ast.AnnAssign, ast.AugAssign, ast.NamedExpr)) else []
        for target in targets:
            if isinstance(target, ast.Name) and target.id in self._stable and node.value is not None:
                whole = ast.BinOp(ast.Name(target.id, ast.Load()), node.op, node.value) if isinstance(node, ast.AugAssign) else node.value
                try:
                    value = self._folding.value(whole)
                except (folding.Open, folding.Hidden):
                    value = None
                self._folding.names.pop(target.id, None)
                if isinstance(value, (int, float, str, bytes, tuple)):
                    self._folding.names[target.id] = value
                    self.found += [value] if type(value) in (int, float, str) else []

    def _limited(self, node):
        """Notes a number of elements at which a slice, a call or a share of a length stops."""
        parts = []
        if isinstance(node, ast.Slice):
            parts = [node.lower, node.upper, node.step]
        elif isinstance(node, ast.Call) and (getattr(node.func, "id", None) or getattr(node.func, "attr", None)) in _LIMITING:
            inner = [each for part in node.args if isinstance(part, ast.Call) and getattr(part.func, "id", None) == "range" for each in part.args]
            parts = [*node.args, *(keyword.value for keyword in node.keywords), *inner]
        elif isinstance(node, ast.BinOp) and any(getattr(getattr(each, "func", None), "id", None) == "len" for each in ast.walk(node)):
            parts = [node.left, node.right]
        values = list(self._known(filter(None, parts)))
        if isinstance(node, ast.Call) and (getattr(node.func, "id", None) or getattr(node.func, "attr", None)) in _TOGETHER:
            values += self._known(side for part in node.args if isinstance(part, ast.BinOp) for side in (part.left, part.right))
            values += [len(value) for value in self._known(node.args) if isinstance(value, (str, bytes, range, tuple, list))]
        for value in values:
            if folding.is_number(value) and abs(value) <= _BEYOND:
                (self.limits if abs(value) > _MOST_ELEMENTS else self.stops).append(value)

    def _known(self, parts):
        for part in parts:
            try:
                yield self._folding.value(part)
            except (folding.Open, folding.Hidden):
                continue


def _stable(function):
    """Local names that are only given values one after another: not in loops, nor as parameters, nor by anything but an assignment."""
    bound, other = set(), {part.arg for part in ast.walk(function.node) if isinstance(part, ast.arg)}
    held = {id(part) for outer in function.body if isinstance(outer, _LOOPS) for part in ast.walk(outer)}
    plain = {
        id(target) for part in function.body if isinstance(part, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr))
        for target in (part.targets if isinstance(part, ast.Assign) else [part.target])}
    for part in function.body:
        if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
            (bound if id(part) in plain and id(part) not in held else other).add(part.id)
        elif isinstance(part, (ast.Global, ast.Nonlocal)):
            other.update(part.names)
    return bound - other
