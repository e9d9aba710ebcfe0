"""Ways to grow a call: which of its arguments, and how."""

from __future__ import annotations

import collections
import io
import types

ONE_PASS = (types.GeneratorType, type(iter([])), type(iter(())))
STREAMS = (io.StringIO, io.BytesIO)
_CONTAINERS = (str, bytes, bytearray, list, tuple, dict, set, frozenset, collections.deque, range, *ONE_PASS, *STREAMS)


def of(arguments: dict) -> list[Plan]:
    """Ways to grow a call, most natural first: each is a set of parameter names that grow together."""
    sized = lengths_of(arguments)
    groups = {}
    for name, size in sized.items():
        groups.setdefault(size if size > 1 else name, []).append(name)
    found = [Plan(frozenset(sized))] if sized else []
    found += [Plan(frozenset(names)) for names in groups.values() if frozenset(names) != frozenset(sized)]
    if any(isinstance(arguments[name], dict) for name in sized):
        found.append(Plan(frozenset(sized), records=True))
    if any(not isinstance(arguments[name], str) for name in sized):
        found.append(Plan(frozenset(sized), bounded=True))
    if any(isinstance(arguments[name], str) and len(arguments[name]) > 8 for name in sized):
        found.append(Plan(frozenset(sized), repeats=True))
    found += [Plan(frozenset((name,)), numbers=True) for name, v in arguments.items() if type(v) is int and v > 1]
    if not sized:
        holders = [name for name, value in arguments.items() if containers_of(value)]
        found += [Plan(frozenset((name,)), attributes=True) for name in holders]
    return found


def lengths_of(arguments: dict) -> dict[str, int]:
    """Lengths of the arguments that can grow, by name."""
    return {name: length(value) for name, value in arguments.items() if growable(value)}


class Plan:
    """Which parameters grow, and how."""

    def __init__(
            self, names: frozenset[str], records: bool = False, numbers: bool = False, attributes: bool = False, repeats: bool = False,
            bounded: bool = False):
        self.names = names
        self.repeats = repeats
        self.bounded = bounded
        self.records = records
        self.numbers = numbers
        self.attributes = attributes

    def __repr__(self):
        kinds = [k for k in ("records", "numbers", "attributes", "repeats", "bounded") if getattr(self, k)]
        return "+".join(sorted(self.names)) + (f" ({', '.join(kinds)})" if kinds else "")


def growable(value: object) -> bool:
    """A text of one or two characters is a separator or a mode, not content."""
    return isinstance(value, _CONTAINERS) and length(value) > (2 if isinstance(value, (str, bytes)) else 0)


def length(value: object) -> int:
    """How much there is of a value: 1 of what can be read once only, 0 of what has no length."""
    if isinstance(value, ONE_PASS):
        return 1
    if isinstance(value, STREAMS):
        return len(value.getvalue())
    return len(value) if hasattr(type(value), "__len__") else 0


def containers_of(value: object) -> dict:
    """Attributes of an object that can grow, by name."""
    attributes = getattr(value, "__dict__", None)
    if not isinstance(attributes, dict) or isinstance(value, (type, types.FunctionType, types.ModuleType)):
        return {}
    return {k: v for k, v in attributes.items() if isinstance(v, (list, dict, set, collections.deque)) and len(v) > 0}
