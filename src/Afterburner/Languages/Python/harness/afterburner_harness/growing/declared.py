"""Values of other kinds that a function declares to take: a text, a set or what is read once for ``Iterable[str]``, a float for whole numbers
that tests give. On them ``in`` looks for parts of a text, what is gone through twice is empty, and sums are rounded in another order.
"""

from __future__ import annotations

import ast
import itertools

from ..functions import annotations
from . import plans, traits

HOW = "declared"
_MOST = 12
_LONGEST = 10_000  # items that are written out
_UNORDERED = frozenset(("Iterable", "Collection", "Container"))
_LISTS, _TUPLES = frozenset(("list", "List", "MutableSequence")), frozenset(("tuple", "Tuple"))
_SETS = frozenset(("set", "Set", "AbstractSet", "MutableSet", "frozenset", "FrozenSet"))
_OF_ONE_KIND = annotations.GONE_THROUGH | _LISTS | _SETS  # written with the kind of their items
_KINDS = {"str": str, "bytes": bytes, "int": int, "float": float, "bool": bool}


def ways(arguments: dict, known: plans.Known) -> list[tuple]:
    """What to put in the place of which argument, each as ``(HOW, name, (kind, number))``; of every argument some."""
    each = [[(HOW, name, way) for way, _ in _others(value, known.declared[name])] for name, value in arguments.items() if name in known.declared]
    return [way for turn in itertools.zip_longest(*each) for way in turn if way is not None][:_MOST]


def made(value: object, declared: ast.expr, way: tuple) -> object:
    """The value of another kind. Made where the call is: what is read once cannot be told from one process to another."""
    return next(make(value) for each, make in _others(value, declared) if each == way)


def _others(value, declared):
    """``((name, number), what makes it)`` of each other kind that an annotation has room for."""
    return [((name, number), make) for number, (name, make) in enumerate(
        found for member in annotations.members(declared) for found in _of(value, *member))]


def _of(value, name, inner):
    """Of one member, what is not of the kind that the value is."""
    items = list(value) if _is_gone_through(value, name, inner) else None
    texts = bool(items) and all(type(item) is str for item in items)
    if name == "None" and value is not None:
        yield "none", lambda old: None
    elif name in _KINDS and type(value) in (str, bytes, int, float):
        yield from _scalar(value, _KINDS[name])
    elif name in _LISTS | _TUPLES and type(value) is str and any(isinstance(each, ast.Name) and each.id == "str" for each in inner):
        yield "listed", lambda old: [old] if name in _LISTS else (old,)
    elif name == "str" and texts:
        yield "text", " ".join
    elif items is not None:
        yield from _container(items, type(value), name, texts)
        of = inner[0].id if name in _OF_ONE_KIND and len(inner) == 1 and isinstance(inner[0], ast.Name) else ""
        if of == "float" and items and all(type(item) is int for item in items):
            yield "floats", lambda old: type(old)(_rounded(item) for item in old)


def _is_gone_through(value, name, inner):
    """Whether it stands for its items: a text only where the items are said to be texts."""
    if type(value) is str:
        return name in annotations.GONE_THROUGH and len(inner) == 1 and getattr(inner[0], "id", "") == "str"
    return (type(value) in (list, tuple) and not plans.is_record(value)) or (type(value) in (set, frozenset, range) and len(value) <= _LONGEST)


def _scalar(value, kind):
    if kind is float and type(value) is int:
        yield "float", _rounded
    elif kind is int and type(value) is float and value == value and abs(value) < 1e15:
        yield "int", int
    elif kind is bytes and type(value) is str:
        yield "bytes", lambda old: old.encode("utf-8", "replace")
    elif kind is str and type(value) is bytes:
        yield "text", lambda old: old.decode("latin-1")


def _container(items, kind, name, texts):
    if name in annotations.GONE_THROUGH and texts and kind in (list, tuple):
        yield "text", " ".join
        yield "word", lambda old: old[0]
    if name in _UNORDERED | _SETS and items and kind not in (set, frozenset) and all(map(traits.hashable, items)):
        yield "set", frozenset if name in ("frozenset", "FrozenSet") else set
    if name == "Iterable":
        yield "once", lambda old: iter(list(old))
    if kind is list and name in _TUPLES | {"Sequence", "Reversible"}:
        yield "tuple", tuple
    if kind is not list and name in _LISTS | {"Sequence", "Reversible"} | (_UNORDERED if kind is not tuple else frozenset()):
        yield "list", list


def _rounded(number):
    """A float near a whole number that no float holds exactly."""
    return number + 0.1 if abs(number) < 2**52 else float(2**52)
