"""Values as plain trees: what a user of a value can see of it, as JSON can carry it.

A tree is compared, hashed and sent between processes without ever executing code of the value again, so the process
that compares is out of reach of the code that made the value. Scalars stand for themselves; everything else is a
list that starts with its kind.
"""

import base64
import collections
import datetime
import decimal
import enum
import fractions
import hashlib
import ipaddress
import json
import math
import pathlib
import re
import sys
import types
import uuid

from . import live
from .iterators import DRAIN, Drained, drain, is_iterator

NODES = 400_000
RECURSION = 6_000
_ADDRESS = re.compile(r"(?<= at )0x[0-9a-fA-F]{6,16}\b")
_BIG = 1 << 256
_SCALARS = frozenset((type(None), bool, int, float, str))
_VALUES = (
    datetime.date, datetime.time, datetime.timedelta, datetime.timezone, decimal.Decimal, fractions.Fraction, uuid.UUID,
    pathlib.PurePath, ipaddress.IPv4Address, ipaddress.IPv6Address, ipaddress.IPv4Network, ipaddress.IPv6Network,
    re.Pattern, slice, range, type(Ellipsis), type(NotImplemented),
)


class TooLarge(Exception):
    """The value has more parts than are compared."""


def freeze(value, nodes=NODES, drain=DRAIN):
    """The tree of a value. Iterators in it are drained, up to ``drain`` items each."""
    before = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(max(before, RECURSION))
        return _Freezer(nodes, drain).tree(value)
    except RecursionError as error:
        raise TooLarge("nested too deeply to compare") from error
    finally:
        sys.setrecursionlimit(before)


def digest(value, **limits):
    """Hash of a value's tree; the same for every hash seed, because sets and dicts are sorted for it."""
    return digest_tree(freeze(value, **limits))


def digest_tree(tree):
    return hashlib.blake2b(text_of(_sorted(tree)).encode("ascii"), digest_size=16).hexdigest()


def class_name(kind):
    return f"{kind.__module__}.{kind.__qualname__}" if kind.__module__ != "builtins" else kind.__qualname__


class _Freezer:
    def __init__(self, nodes, drain_limit):
        self._left = nodes
        self._drain = drain_limit
        self._seen = {}
        self._keep = []
        self._path = set()
        self._unordered = 0

    def tree(self, value):
        kind = type(value)
        if kind in _SCALARS:
            self._count(1)
            return _scalar(value)
        self._count(3)
        if isinstance(value, _VALUES):
            return {"value": [class_name(kind), without_addresses(repr(value))]}
        if isinstance(value, type):
            return {"class": class_name(value)}
        if isinstance(value, enum.Enum):
            return {"enum": [class_name(kind), value.name]}
        make = self._KINDS.get(kind, _Freezer._object)
        if kind in _IMMUTABLE or (make is _Freezer._object and _is_plain_value(kind) and not _carries_state(value)):
            return self._plain(make, value)
        if id(value) in self._seen:
            return {"same": self._seen[id(value)]}
        # A set has no order to number by: all that can be said of what is first met in one is that it was met.
        self._seen[id(value)] = "in a set" if self._unordered else len(self._seen)
        self._keep.append(value)
        return make(self, value)

    def _plain(self, make, value):
        """Equal by value: whether two places share one instance is not behaviour, but it may hold itself."""
        if id(value) in self._path:
            return {"same": "itself"}
        self._path.add(id(value))
        try:
            return make(self, value)
        finally:
            self._path.discard(id(value))

    def _count(self, nodes):
        self._left -= nodes
        if self._left < 0:
            raise TooLarge("too large to compare")

    def _items(self, values):
        """Trees of many values; runs of plain scalars, as large inputs have them, go fast."""
        kinds = set(map(type, values))
        if kinds <= {bool, float, type(None)} or (kinds <= {int, bool, float, type(None)} and _all_small(values)):
            self._count(len(values) // 8)
            return list(values)
        if kinds == {str}:
            self._count(len(values) // 4)
            return [without_addresses(v) for v in values]
        return [self.tree(v) for v in values]

    def _pairs(self, pairs):
        return [[self.tree(k), self.tree(v)] for k, v in pairs]

    def _list(self, value):
        return {"list": self._items(value)}

    def _tuple(self, value):
        return {"tuple": self._items(value)}

    def _set(self, value):
        self._unordered += 1
        members = sorted((self.tree(v) for v in value), key=_order)
        self._unordered -= 1
        return {type(value).__name__: members}

    def _dict(self, value):
        return {"dict": self._pairs(list(value.items()))}

    def _bytes(self, value):
        self._count(len(value) // 64)
        return {type(value).__name__: base64.b64encode(bytes(value)).decode("ascii")}

    def _complex(self, value):
        return {"complex": [value.real, value.imag]}

    def _view(self, value):
        return {type(value).__name__: self._items(list(value))}

    def _drained(self, value):
        end = "more" if not value.complete else None
        if value.error is not None:
            end = self._exception(value.error)
        return {"iterator": self._items(value.items), "end": end, "returned": self.tree(value.returned)}

    def _exception(self, value):
        extra = {k: v for k, v in vars(value).items() if k != "__notes__"}
        return {
            "exception": class_name(type(value)), "message": without_addresses(_safe_str(value)),
            "args": self.tree(value.args), "state": self._state(extra),
        }

    def _function(self, value):
        if "<" not in value.__qualname__:
            return {"function": f"{value.__module__}.{value.__qualname__}"}
        cells = []
        for cell in value.__closure__ or ():
            try:
                cells.append(self.tree(cell.cell_contents))
            except ValueError:
                cells.append({"empty": 0})
        body = hashlib.blake2b(_code_text(value.__code__).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
        name = f"{value.__module__}.{value.__qualname__}"
        return {"closure": name, "code": body, "cells": cells, "defaults": self.tree(value.__defaults__)}

    def _builtin(self, value):
        if value.__self__ is None or isinstance(value.__self__, types.ModuleType):
            return {"function": f"{value.__module__}.{value.__qualname__}"}
        return {"bound": value.__qualname__, "to": self.tree(value.__self__)}

    def _object(self, value):
        kind = type(value)
        name = class_name(kind)
        if isinstance(value, BaseException):
            return self._exception(value)
        if kind in (collections.defaultdict, collections.Counter):
            return {"object": name, "factory": self.tree(getattr(value, "default_factory", None)), "entries": self._dict(value)}
        if is_iterator(value):
            return self._drained(drain(value, self._drain))
        if kind.__module__ == "numpy":
            return self._numpy(value)
        try:
            reduced = value.__reduce_ex__(4)
        except Exception:
            return self._unstorable(name, value)
        if isinstance(reduced, str):
            return {"global": reduced}
        _, arguments, state, items, pairs = (tuple(reduced) + (None,) * 3)[:5]
        tree = {"object": name, "state": self._state(state)}
        arguments = [self.tree(a) for a in arguments or () if a is not kind and a is not object]
        if arguments and arguments != [None]:
            tree["args"] = arguments
        if items is not None:
            tree["items"] = self._items(list(items))
        if pairs is not None:
            # Of the mappings only OrderedDict compares unequal for another order; what iterates sees it in all of them.
            kept = "ordered" if isinstance(value, collections.OrderedDict) else "dict"
            tree["entries"] = {kept: self._pairs(pairs)}
        return tree

    def _unstorable(self, name, value):
        attributes = getattr(value, "__dict__", None)
        tree = {"object": name, "state": self._state(attributes)} if isinstance(attributes, dict) else {"opaque": name}
        try:
            seen = live.visible(value)
        except live.Unbounded as error:
            raise TooLarge(str(error)) from error
        return tree if seen is None else {**tree, "seen": self.tree(seen)}

    def _state(self, state):
        """Attributes have names; the order in which they were set is not behaviour."""
        if isinstance(state, tuple) and len(state) == 2 and all(s is None or isinstance(s, dict) for s in state):
            state = {**(state[0] or {}), **(state[1] or {})}  # __dict__ and __slots__
        if not isinstance(state, dict):
            return None if state is None else {"state": self.tree(state)}
        return {"attributes": [[str(k), self.tree(state[k])] for k in sorted(state, key=str)]}

    def _numpy(self, value):
        self._count(getattr(value, "size", 1) // 8)
        name = class_name(type(value))
        if hasattr(value, "shape") and hasattr(value, "tolist") and str(getattr(value, "dtype", "object")) != "object":
            return {"numpy": f"{name} {value.dtype}{list(value.shape)}", "items": self.tree(value.tolist())}
        return {"value": [name, without_addresses(repr(value))]}

    _KINDS = {
        list: _list,
        tuple: _tuple,
        dict: _dict,
        set: _set,
        frozenset: _set,
        bytes: _bytes,
        bytearray: _bytes,
        complex: _complex,
        Drained: _drained,
        types.FunctionType: _function,
        types.BuiltinFunctionType: _builtin,
        types.MethodType: lambda self, v: {"bound": getattr(v.__func__, "__qualname__", class_name(type(v.__func__))), "to": self.tree(v.__self__)},
        types.ModuleType: lambda self, v: {"module": v.__name__},
        types.CodeType: lambda self, v: {"code": v.co_name},
        types.TracebackType: lambda self, v: {"opaque": "traceback"},
        types.FrameType: lambda self, v: {"opaque": "frame"},
        property: lambda self, v: {"opaque": "property"},
        type({}.keys()): _view,
        type({}.values()): _view,
        type({}.items()): _view,
    }


_IMMUTABLE = frozenset((tuple, frozenset, bytes, complex, types.FunctionType, types.BuiltinFunctionType, types.MethodType,
                        types.ModuleType, types.CodeType, Drained))


def _is_plain_value(kind):
    """Types that hash by value (decimals, records, frozen classes): sharing one instance cannot be observed but with ``is``."""
    hashed = getattr(kind, "__hash__", None)
    return hashed is not None and hashed is not object.__hash__


def _carries_state(value):
    """A tuple with attributes (a node of a hierarchy, say) is told apart from others by them, and may lead to all of them."""
    return isinstance(value, tuple) and bool(getattr(value, "__dict__", None))


def _scalar(value):
    if type(value) is int and not -_BIG < value < _BIG:
        return {"int": hex(value)}
    return without_addresses(value) if type(value) is str else value


def _all_small(values):
    return all(v is None or -_BIG < v < _BIG or v != v or type(v) is float for v in values)


def without_addresses(text):
    return _ADDRESS.sub("0x…", text) if "0x" in text else text


def _safe_str(error):
    try:
        return str(error)
    except Exception as inner:
        return f"<str failed: {type(inner).__name__}>"


def _code_text(code):
    constants = [_code_text(c) if isinstance(c, types.CodeType) else repr(c) for c in code.co_consts]
    return repr((code.co_code.hex(), constants, code.co_names, code.co_varnames, code.co_freevars))


def text_of(tree):
    return json.dumps(tree, separators=(",", ":"))


def _order(tree):
    """Numbers by value, everything else by its text, so that sets of nearly equal floats line up."""
    if isinstance(tree, (int, float)) and not isinstance(tree, bool):
        return (0, tree if not math.isnan(tree) else math.inf, type(tree).__name__)
    return (1, 0, text_of(_sorted(tree)))


def _sorted(tree):
    """The tree with the entries of dicts in an order that does not depend on how they were built."""
    if isinstance(tree, list):
        return [_sorted(part) for part in tree]
    if not isinstance(tree, dict):
        return tree
    return {
        kind: sorted(_sorted(part), key=text_of) if kind == "dict" else _sorted(part) for kind, part in tree.items()
    }
