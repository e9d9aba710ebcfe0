"""Values of expressions that depend on constants alone, worked out without running any of the code under review.

The compiler folds ``77 * 101``; what ``int(7777.0)``, ``len("...")``, ``math.factorial(7)`` or a local name that holds one of them come
to is worked out here, of a few operators, built-in functions and methods, and within narrow limits.
"""

from __future__ import annotations

import ast
import importlib
import math
import operator
import re

from .pure import BUILTINS
from .source import Function, is_pure

_LARGEST_INT, _LONGEST = 1 << 256, 100_000
_PLAIN = (int, float, complex, str, bytes, type(None))
_OPERATORS = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod, ast.Pow: operator.pow, ast.LShift: operator.lshift, ast.RShift: operator.rshift, ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_, ast.BitXor: operator.xor, ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Invert: operator.invert,
    ast.Not: operator.not_}
_NUMBERS = frozenset(("int", "float", "len", "round", "abs", "ord", "sum", "min", "max", "pow", "hash", "divmod", "next"))
_FUNCTIONS = {each.__name__: each for each in (
    int, float, len, round, abs, ord, sum, min, max, pow, divmod, str, repr, ascii, chr, bin, hex, oct, range, list, tuple, set, frozenset, sorted,
    bool, bytes)}
_MODULES = frozenset(("math", "string", "sys", "operator"))
_WITH_NUMBERS = _MODULES | {"zlib", "binascii", "statistics", "bisect", "struct", "calendar"}
_SLOW = frozenset(("factorial", "perm", "comb", "pow", "lshift", "mul", "exp2", "concat"))  # with large numbers
_MAKING = frozenset(("ljust", "rjust", "center", "zfill", "bytes", "list", "tuple", "set", "sorted", "sum", "to_bytes"))
_TEXTS = frozenset((
    "ljust", "rjust", "center", "zfill", "lower", "upper", "strip", "replace", "join", "split", "encode", "decode", "swapcase", "title",
    "splitlines", "partition"))
_COUNTS = frozenset(("count", "find", "index", "rfind", "rindex", "bit_length", "bit_count", "as_integer_ratio", "from_bytes", "fromhex"))
_METHODS = _TEXTS | _COUNTS
_GETTERS = frozenset(("attrgetter", "itemgetter", "methodcaller"))
_ATTRIBUTES = frozenset(("real", "imag", "numerator", "denominator"))


class Open(Exception):
    """The value depends on more than constants."""


class Hidden(Exception):
    """It depends on constants alone, and cannot be worked out here."""


class Folding:
    """Values of the expressions of one function, or of a constant, while its statements are walked in their order."""

    def __init__(self, function: Function, beside: dict[str, ast.expr] | None = None):
        self._function = function
        self._beside = beside or {}  # constants of the file that an expression stands in, where it is not the function's
        self.names = {}  # values of local names that hold constants now

    def value(self, node: ast.AST) -> object:
        """Raises ``Open`` or ``Hidden``."""
        found = getattr(self, "_" + type(node).__name__.lower(), self._open)(node)
        return _limited(found)

    def _values(self, nodes):
        """Of several: one that depends on more comes before one that cannot be told."""
        found, hidden = [], None
        for node in nodes:
            try:
                found.append(None if node is None else self.value(node))
            except Hidden as error:
                hidden = error
        if hidden is not None:
            raise hidden
        return found

    def _open(self, node):
        raise Open

    def _constant(self, node):
        return node.value

    def _name(self, node):
        if node.id in self.names:
            return self.names[node.id]
        if node.id in self._beside:
            return self._constant_beside(self._beside[node.id], self._beside)
        return self._member(node)

    def _attribute(self, node):
        if self._function.full_names(node):
            return self._member(node)
        value = self.value(node.value)
        if node.attr not in _ATTRIBUTES:
            raise Open
        return _worked_out(getattr, value, node.attr)

    def _member(self, node):
        """A constant of a module, as ``string.printable``."""
        known = None if self._beside else self._function.constant(node)
        if known is not None:
            return self._constant_beside(*known)
        full = self._function.full_names(node)
        module, _, name = full[0].rpartition(".") if len(full) == 1 else ("", "", "")
        if not (is_pure(full[0]) if module else name in BUILTINS):
            raise Open
        found = getattr(importlib.import_module(module), name, None) if module in _MODULES else None
        if found is None or not isinstance(found, _PLAIN):
            raise Hidden
        return found

    def _constant_beside(self, value, beside):
        """What a constant of a file comes to, where it is no text or number as well: it depends on constants alone."""
        try:
            return Folding(self._function, beside).value(value)
        except (Open, RecursionError) as error:
            raise Hidden from error

    def _unaryop(self, node):
        return _worked_out(_OPERATORS[type(node.op)], self.value(node.operand))

    def _binop(self, node):
        left, right = self._values((node.left, node.right))
        if isinstance(node.op, ast.Mod) and isinstance(left, (str, bytes)) and re.search(r"\d{5}|\*", str(left)):
            raise Hidden
        if isinstance(node.op, (ast.Pow, ast.LShift, ast.Mult)):
            _check_power(node.op, left, right)
        return _worked_out(_OPERATORS.get(type(node.op)), left, right)

    def _ifexp(self, node):
        return self.value(node.body if self.value(node.test) else node.orelse)

    def _tuple(self, node):
        return tuple(self._values(node.elts))

    def _list(self, node):
        return self._values(node.elts)

    def _subscript(self, node):
        part = node.slice
        bounds = [part.lower, part.upper, part.step] if isinstance(part, ast.Slice) else [part]
        whole, *found = self._values((node.value, *bounds))
        return _worked_out(operator.getitem, whole, slice(*found) if isinstance(part, ast.Slice) else found[0])

    def _joinedstr(self, node):
        return "".join(map(str, self._values(node.values)))

    def _formattedvalue(self, node):
        if node.format_spec is not None or node.conversion != -1:
            self.value(node.value)
            raise Hidden
        return self.value(node.value)

    def _call(self, node):
        arguments = self._values([*node.args, *(keyword.value for keyword in node.keywords)])
        function = self._called(node.func)
        names = [keyword.arg for keyword in node.keywords]
        if None in names:
            raise Open
        given = len(arguments) - len(names)
        return _worked_out(function, *arguments[:given], **dict(zip(names, arguments[given:])))

    def _called(self, function):
        """The built-in function or method that is called; None of one that only computes, in a way that is not followed."""
        full = self._function.full_names(function)
        if full:
            module, _, name = full[0].rpartition(".") if len(full) == 1 else ("", "", "")
            if module and is_pure(full[0]):
                return getattr(importlib.import_module(module), name, None) if module in _MODULES and name not in _GETTERS else None
            if module or name not in BUILTINS:
                raise Open
            return _FUNCTIONS.get(name)
        if not isinstance(function, ast.Attribute):
            raise Open
        kinds = {"int": int, "bytes": bytes, "float": float}
        of_kind = function.attr in ("from_bytes", "fromhex") and isinstance(function.value, ast.Name)
        owner = kinds.get(function.value.id) if of_kind else self.value(function.value)
        return getattr(owner, function.attr, None) if function.attr in _METHODS else None

    def gives_number(self, node: ast.expr) -> bool:
        """Whether an expression that cannot be worked out may come to a number."""
        if isinstance(node, ast.BinOp):
            return not any(
                isinstance(each, (ast.List, ast.Tuple, ast.JoinedStr)) or isinstance(getattr(each, "value", None), (str, bytes))
                for each in (node.left, node.right))
        if not isinstance(node, ast.Call):
            return isinstance(node, (ast.UnaryOp, ast.IfExp)) or (isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice))
        full = self._function.full_names(node.func)
        if not full:
            return getattr(node.func, "attr", "") in _COUNTS
        module, _, name = full[0].rpartition(".")
        return module in _WITH_NUMBERS and name not in _GETTERS if module else name in _NUMBERS


def is_number(value: object) -> bool:
    return type(value) in (int, float)


def _worked_out(function, *arguments, **named):
    """What a built-in function gives for plain values."""
    if function is None:
        raise Hidden
    name, largest = getattr(function, "__name__", ""), max((abs(each) for each in arguments if isinstance(each, int)), default=0)
    sizes = [len(each) for each in [*arguments, getattr(function, "__self__", None)] if isinstance(each, (str, bytes, list, tuple))]
    is_long = name in ("replace", "join") and math.prod(max(1, size) for size in sizes) > _LONGEST
    is_long |= name != "len" and any(hasattr(type(each), "__len__") and len(each) > _LONGEST for each in arguments)
    most = 1_000 if name in _SLOW else 1 << 40 if name == "range" else _LONGEST if name in _MAKING else None
    if is_long or (most is not None and largest > most):
        raise Hidden
    try:
        found = function(*arguments, **named)
    except Exception as error:
        raise Hidden from error
    return _limited(found)


def _limited(value):
    if isinstance(value, int) and abs(value) > _LARGEST_INT:
        raise Hidden
    if hasattr(type(value), "__len__") and type(value) is not range and len(value) > _LONGEST:
        raise Hidden
    return value


def _check_power(kind, left, right):
    """Whether a power, a shift or a repetition is small enough to be worked out."""
    if isinstance(kind, ast.Mult):
        sized, times = (left, right) if hasattr(left, "__len__") else (right, left)
        too_large = hasattr(sized, "__len__") and isinstance(times, int) and abs(times) * len(sized) > _LONGEST
    else:
        too_large = isinstance(left, int) and isinstance(right, int) and abs(right) > 1_000
    if too_large:
        raise Hidden
