"""Values as plain trees: what a user of a value can see of it, as JSON can carry it.

A tree is compared, hashed and sent between processes without ever executing code of the value again, so the process
that compares is out of reach of the code that made the value. Scalars stand for themselves; everything else is a
dict that starts with its kind.

Making one asks no hook of a class of the repository or of a call: no reduction, comparison, representation, property,
iteration or length. Containers are read as the builtin reads them, attributes as they are stored (see "kinds"). What
could still do work later (an iterator, a function, a class made inside the call) shows with its code and all it holds.
"""

from __future__ import annotations

import base64
import collections
import hashlib
import json
import math
import operator
import sys
from collections.abc import Callable, Container, Iterable

from . import deferred, instances, kinds
from .iterators import DRAIN
from .kinds import identity

NODES = 400_000
RECURSION = 6_000
_BIG = 1 << 256
_FEW_BITS = frozenset(map(identity, (bool, float, type(None))))  # classes by id: a metaclass could make a class equal to one of these
_NUMBERS = _FEW_BITS | {identity(int)}


class TooLarge(Exception):
    """The value has more parts than are compared."""


def freeze(
        value: object, nodes: int = NODES, drain: int = DRAIN, met: dict[int, object] | None = None, there: Container[int] = (),
        hidden: list | None = None) -> object:
    """The tree of a value. Iterators in it are drained, up to ``drain`` items each; with 0 they are left where they are.

    ``met``: gets all objects in it by their ids, which stay theirs as long as it is kept. ``there``: ids of opaque objects that were
    there before the call, each of which is equal to itself. ``hidden``: a list that gets the other opaque ones, of which nothing can be said.
    """
    kinds.remember()
    before = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(max(before, RECURSION))
        freezer = Freezer(nodes, drain, there, hidden)
        tree = freezer.tree(value)
        if met is not None:
            met.update(freezer.objects())
        return tree
    except RecursionError as error:
        raise TooLarge("nested too deeply to compare") from error
    except kinds.Hidden as error:
        raise TooLarge("of a class that hides its attributes, so they cannot be compared") from error
    finally:
        sys.setrecursionlimit(before)


def objects_in(value: object) -> dict[int, object]:
    """By their ids, all objects in a value of which it can be told whether two places share one."""
    met = {}
    freeze(value, drain=0, met=met)
    return met


def is_opaque(value: object) -> bool:
    """Whether a value has content of its own that cannot be seen."""
    hidden = []
    try:
        freeze(value, nodes=64, drain=0, hidden=hidden)
    except Exception:
        pass  # of its parts
    return any(each is value for each in hidden)


def digest(value: object, **limits: object) -> str:
    """Hash of a value's tree; the same for every hash seed, because sets and dicts are sorted for it."""
    return digest_tree(freeze(value, **limits))


def digest_tree(tree: object) -> str:
    return hashlib.blake2b(text_of(_sorted(tree)).encode("ascii"), digest_size=16).hexdigest()


class Freezer:
    """Makes the trees of one value, and knows what of it was met before."""

    def __init__(self, nodes: int, drain_limit: int, there: Container[int], hidden: list | None):
        self._left = nodes
        self._seen = {}
        self._keep = []
        self._path = set()
        self._unordered = 0
        self._makers = {}
        self._there = there
        self._hidden = [] if hidden is None else hidden
        self.drain_limit = drain_limit
        self.looking = 0  # above 0 inside of what an iterator holds: nothing may be used up there

    def tree(self, value: object) -> object:
        kind = type(value)
        if identity(kind) in kinds.SCALARS:
            self.count(1)
            return _scalar(value)
        self.count(3)
        make, plain = self._makers.get(identity(kind)) or self._maker(kind)
        if plain and not instances.carries_state(value):
            return self._plain(make, value)
        return self.once(value, lambda: make(self, value))

    def objects(self) -> dict[int, object]:
        """By their ids, those that were met and of which it can be told whether two places share one."""
        return {identity(value): value for value in self._keep if identity(value) in self._seen}

    def _maker(self, kind):
        """``(maker of trees, whether nobody can tell if two places share one instance)``, by class."""
        known = _KINDS.get(identity(kind))
        found = (known, identity(kind) in _IMMUTABLE) if known is not None else instances.maker(kind)
        self._keep.append(kind)
        self._makers[identity(kind)] = found
        return found

    def once(self, value: object, make: Callable[[], dict]) -> dict:
        """What ``make`` gives for an object the first time it is met, and a reference to that afterwards."""
        if identity(value) in self._seen:
            return {"same": self._seen[identity(value)]}
        # A set has no order to number by: all that can be said of what is first met in one is that it was met.
        self._seen[identity(value)] = "in a set" if self._unordered else len(self._seen)
        self._keep.append(value)
        return make()

    def _plain(self, make, value):
        """Equal by value: whether two places share one instance is not behaviour, but it may hold itself."""
        if identity(value) in self._path:
            return {"same": "itself"}
        self._path.add(identity(value))
        try:
            return make(self, value)
        finally:
            self._path.discard(identity(value))

    def count(self, nodes: int) -> None:
        self._left -= nodes
        if self._left < 0:
            raise TooLarge("too large to compare")

    def items(self, values: list | tuple) -> list:
        """Trees of many values; runs of plain scalars, as large inputs have them, go fast."""
        found = set(map(identity, map(type, values)))
        if found <= _FEW_BITS or (found <= _NUMBERS and _all_small(values)):
            self.count(len(values) // 8)
            return list(values)
        if found == {identity(str)}:
            self.count(len(values) // 4)
            return [without_addresses(v) for v in values]
        return [self.tree(v) for v in values]

    def pairs(self, pairs: Iterable[tuple]) -> list[list]:
        return [[self.tree(k), self.tree(v)] for k, v in pairs]

    def attributes(self, found: dict) -> dict:
        """Attributes have names; the order in which they were set is not behaviour."""
        named = {k: v for k, v in dict.items(found) if type(k) is str}
        tree = {"attributes": [[name, self.tree(named[name])] for name in sorted(named)]}
        if len(named) != len(found):
            tree["entries"] = {"dict": self.pairs([(k, v) for k, v in dict.items(found) if type(k) is not str])}
        return tree

    def named(self, value: object, **parts: object) -> dict:
        """A node with a value's class; where that was made inside the call, with all that the class is."""
        kind = type(value)
        label = kinds.label(kind)
        if label is not None:
            return {"object": label, **parts}
        return {"object": kinds.name_of(kind), "class": self.tree(kind), **parts}

    def opaque(self, value: object) -> str:
        """What is said of a value whose content cannot be seen."""
        if identity(value) in self._there:
            return "there before"
        self._hidden.append(value)
        return "new"

    def set(self, value: frozenset) -> dict:
        base = frozenset if kinds.is_a(type(value), frozenset) else set
        self._unordered += 1
        members = sorted((self.tree(v) for v in base.__iter__(value)), key=_order)
        self._unordered -= 1
        return {base.__name__: members}

    def dict(self, value: dict) -> dict:
        return {"dict": self.pairs(list(dict.items(value)))}

    def bytes(self, value: bytearray) -> dict:
        base = bytearray if kinds.is_a(type(value), bytearray) else bytes
        content = base.__getitem__(value, slice(None))
        self.count(len(content) // 64)
        return {base.__name__: base64.b64encode(content).decode("ascii")}


_VIEWS = [type(view()) for mapping in ({}, collections.OrderedDict()) for view in (mapping.keys, mapping.values, mapping.items)]
_KINDS = {identity(kind): make for kind, make in (
    (list, lambda freezer, v: {"list": freezer.items(v)}),
    (tuple, lambda freezer, v: {"tuple": freezer.items(v)}),
    (dict, Freezer.dict),
    (set, Freezer.set),
    (frozenset, Freezer.set),
    (bytes, Freezer.bytes),
    (bytearray, Freezer.bytes),
    (complex, lambda freezer, v: {"complex": [v.real, v.imag]}),
    *((kind, lambda freezer, v: {type(v).__name__: freezer.items(list(v))}) for kind in _VIEWS),
    *deferred.KINDS,
)}
_IMMUTABLE = frozenset(map(identity, (tuple, frozenset, bytes, complex, *deferred.IMMUTABLE)))


def _scalar(value):
    if type(value) is int and not -_BIG < value < _BIG:
        return {"int": hex(value)}
    return without_addresses(value) if type(value) is str else value


def _all_small(values):
    return all(v is None or -_BIG < v < _BIG or v != v or type(v) is float for v in values)


without_addresses = kinds.without_addresses


text_of = json.JSONEncoder(separators=(",", ":")).encode


def _order(tree):
    """Numbers by value, everything else by its text, so that sets of nearly equal floats line up."""
    if isinstance(tree, (int, float)) and not isinstance(tree, bool):
        return (0, tree if not math.isnan(tree) else math.inf, type(tree).__name__)
    return (1, 0, text_of(_sorted(tree)))


def _sorted(tree):
    """The tree with the entries of dicts in an order that does not depend on how they were built."""
    if isinstance(tree, list):
        return [part if type(part) in (str, int) else _sorted(part) for part in tree]
    if not isinstance(tree, dict):
        return tree
    return {kind: _in_order(_sorted(part)) if kind == "dict" else _sorted(part) for kind, part in tree.items()}


def _in_order(entries):
    names = {entry[0] for entry in entries if type(entry[0]) is str}
    return sorted(entries, key=operator.itemgetter(0) if len(names) == len(entries) else text_of)
