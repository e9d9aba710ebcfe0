"""Notes which types, lengths and elements names hold, without running any code of the repository."""

from __future__ import annotations

import collections
from collections.abc import Iterable

# len() of these is C code of the interpreter: it cannot have side effects.
SIZED = (list, tuple, dict, set, frozenset, str, bytes, bytearray, collections.deque, range)
CONTAINERS = (list, tuple, set, frozenset, collections.deque)
UNHASHABLE = (list, dict, set, bytearray, collections.deque)
ELEMENTS = 32
MAX_TYPES = 12


class Observed:
    """What one name held."""

    __slots__ = ("types", "shortest", "longest", "hashable", "kinds")

    def __init__(self):
        self.types = {}
        self.shortest = self.longest = self.hashable = None
        self.kinds = set()

    def add(self, value: object) -> None:
        kind = type(value)
        if kind not in self.kinds:
            self.kinds.add(kind)
            self.types[type_name(kind)] = None
        if kind not in SIZED:
            return
        length = len(value)
        if self.longest is None or length > self.longest:
            self.longest = length
        if self.shortest is None or length < self.shortest:
            self.shortest = length
        if length and self.hashable is not False and kind in CONTAINERS:
            self.hashable = elements_hashable(value)

    def as_json(self) -> dict:
        types = sorted(self.types)
        return {
            "types": types if len(types) <= MAX_TYPES else [*types[:MAX_TYPES], "..."],
            "shortest": self.shortest,
            "longest": self.longest,
            "hashable": self.hashable,
        }


def observe(notes: dict[str, Observed], names: dict) -> None:
    """Adds every name of a mapping of locals to its note."""
    for name, value in names.items():
        if name.startswith("."):
            continue
        note = notes.get(name)
        if note is None:
            note = notes[name] = Observed()
        note.add(value)


def type_name(kind: type) -> str:
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def elements_hashable(values: Iterable) -> bool:
    for number, value in enumerate(values):
        if number >= ELEMENTS:
            break
        if not hashable(value):
            return False
    return True


def hashable(value: object, depth: int = 3) -> bool:
    """Decided by types alone: no __hash__ is called."""
    kind = type(value)
    if kind in UNHASHABLE or kind.__hash__ is None:
        return False
    if kind is tuple and depth:
        return all(hashable(item, depth - 1) for item in value[:ELEMENTS])
    return True


def size_key(names: dict) -> tuple[tuple, int]:
    """Type and order of magnitude of each name, and their sum as a measure of the whole call's size."""
    key, size = [], 0
    for value in names.values():
        kind = type(value)
        magnitude = 0
        if kind in SIZED:
            magnitude = len(value).bit_length()
        elif kind is int:
            magnitude = value.bit_length() // 4
        key.append((kind.__name__, magnitude))
        size += magnitude
    return tuple(key), size
