"""Values of other kinds that a function declares to take: a text, a set or what is read once for ``Iterable[str]``, a float for whole numbers
that tests give. On them ``in`` looks for parts of a text, what is gone through twice is empty, and sums are rounded in another order.
"""

from __future__ import annotations

import ast
import itertools
import pathlib

from ..functions import annotations
from . import plans, traits, within

HOW = "declared"
_ASKED = "asked"  # of a kind that the function asks about
_MOST = 12
_LONGEST = 10_000  # items that are written out
_UNORDERED = frozenset(("Iterable", "Collection", "Container"))
_LISTS, _TUPLES, _SETS = within.LISTS, within.TUPLES, within.SETS
_KINDS = {"str": str, "bytes": bytes, "int": int, "float": float, "bool": bool}


def ways(arguments: dict, known: plans.Known) -> list[tuple]:
    """What to put in the place of which argument, each as ``(HOW, name, (kind, number))``; of every argument some."""
    given = {name: _one(name, value, known) for name, value in arguments.items() if name in known.declared}
    each = [[(HOW, name, way) for way, _ in _others(value, known.declared[name])] for name, value in given.items()]
    each += [
        [(HOW, name, (_ASKED, kind)) for kind in kinds if type(arguments[name]).__name__ != kind and not (kind == "None" and arguments[name] is None)]
        for name, kinds in known.asked.items() if name in arguments]
    return [way for turn in itertools.zip_longest(*each) for way in turn if way is not None][:_MOST]


def made(name: str, value: object, way: tuple, known: plans.Known) -> object:
    """The value of another kind. Made where the call is: what is read once cannot be told from one process to another."""
    if way[0] == _ASKED:
        return _of_kind(value, way[1])
    one = _one(name, value, known)
    other = next(make(one) for each, make in _others(one, known.declared[name]) if each == way)
    return (other, *value[1:]) if name == known.rest else other


def is_read_once(way: tuple) -> bool:
    """Whether a value is read once in it. A function that goes through it again, or takes it apart with ``in``, gives an answer that nobody means."""
    return way[0] == HOW and way[2][0] == "once"


def _of_kind(value, kind):
    """A value of a built-in kind, as much like the one there was as it can be."""
    if kind in ("list", "tuple", "set", "frozenset"):
        items = value if type(value) in (list, tuple, set, frozenset) else [value]
        return {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}[kind](items)
    if kind == "str":
        return value.decode("latin-1") if type(value) is bytes else "some text"
    if kind == "bytes":
        return value.encode("utf-8", "replace") if type(value) is str else b"some text"
    return {"None": None, "dict": {"some": value}, "int": 3, "float": 1.5}[kind]


def _one(name, value, known):
    """What an annotation is of: the argument, or the first of the further ones."""
    return value if name != known.rest else value[0] if type(value) is tuple and value else None


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
    elif name == "Decimal" and type(value) in (int, float):
        yield "decimal", within.decimal_of
    elif name in ("Path", "PathLike") and type(value) is str:
        yield "path", pathlib.Path
    elif name in _LISTS | _TUPLES and type(value) is str and any(isinstance(each, ast.Name) and each.id == "str" for each in inner):
        yield "listed", lambda old: [old] if name in _LISTS else (old,)
    elif name == "str" and texts:
        yield "text", " ".join
    elif items is not None:
        yield from _container(items, type(value), name, texts and annotations.says_texts(inner))
    yield from within.ways(value, name, inner)


def _is_gone_through(value, name, inner):
    """Whether it stands for its items: a text only where the items are said to be texts."""
    if type(value) is str:
        return name in annotations.GONE_THROUGH and len(inner) == 1 and getattr(inner[0], "id", "") == "str"
    return (type(value) in (list, tuple) and not plans.is_record(value)) or (type(value) in (set, frozenset, range) and len(value) <= _LONGEST)


def _scalar(value, kind):
    if kind is float and type(value) is int:
        yield "float", within.rounded
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
