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
_ANYTHING = frozenset(("Any", "object"))
_MAPPINGS = frozenset(("dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "OrderedDict"))
_KINDS = {"str": str, "bytes": bytes, "int": int, "float": float, "bool": bool}


def ways(arguments: dict, known: plans.Known) -> list[tuple]:
    """What to put in the place of which argument, each as ``(HOW, name, (kind, number))``; of every argument some."""
    given = {name: _one(name, value, known) for name, value in arguments.items() if name in known.declared}
    each = [[(HOW, name, way) for way, _ in _others(value, known.declared[name])] for name, value in given.items()]
    return [way for turn in itertools.zip_longest(*each) for way in turn if way is not None][:_MOST]


def made(name: str, value: object, way: tuple, known: plans.Known) -> object:
    """The value of another kind. Made where the call is: what is read once cannot be told from one process to another."""
    one = _one(name, value, known)
    other = next(make(one) for each, make in _others(one, known.declared[name]) if each == way)
    return (other, *value[1:]) if name == known.rest else other


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
    elif name in _LISTS | _TUPLES and type(value) is str and any(isinstance(each, ast.Name) and each.id == "str" for each in inner):
        yield "listed", lambda old: [old] if name in _LISTS else (old,)
    elif name == "str" and texts:
        yield "text", " ".join
    elif items is not None:
        yield from _container(items, type(value), name, texts)
        may_be_anything = any(each in _ANYTHING for one in inner[:1] for each, _ in annotations.members(one))
        if may_be_anything and items and type(value) in (list, tuple) and traits.hashable(items[0]):
            yield "unhashable", lambda old: type(old)([[old[0]], *old[1:]])
    yield from _within(value, name, inner)


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


def _within(value, name, inner):
    """The same with what it holds of another kind that is declared for it."""
    for kind, recast in (("floats", _float), ("bytes", _bytes)):
        if _cast(value, name, inner, recast) is not None:
            yield kind, lambda old, recast=recast: _cast(old, name, inner, recast)


def _cast(value, name, inner, recast):
    """A container with every item recast for which that is declared; None where it holds none."""
    if type(value) is dict:
        keys, values = (inner[:1], inner[1:]) if name in _MAPPINGS and len(inner) == 2 else ((), ())
        pairs = [(_item(key, keys, recast), _item(each, values, recast)) for key, each in value.items()]
        return dict(pairs) if any(map(_differs, (x for pair in pairs for x in pair), (x for pair in value.items() for x in pair))) else None
    if type(value) not in (list, tuple, set, frozenset):
        return None
    of_one = inner[:1] if _is_of_one(name, inner) else ()
    fields = not of_one and len(inner) == len(value) and name in _TUPLES and type(value) is tuple
    items = [_item(each, inner[at:at + 1] if fields else of_one, recast) for at, each in enumerate(value)]
    return type(value)(items) if any(map(_differs, items, value)) else None


def _item(value, declared, recast):
    for each in declared:
        for name, inner in annotations.members(each):
            found = recast(value, name) if type(value) in (int, str, bytes) else _cast(value, name, inner, recast)
            if found is not None:
                return found
    return value


def _is_of_one(name, inner):
    return (name in _OF_ONE_KIND and len(inner) == 1) or (name in _TUPLES and len(inner) == 2 and getattr(inner[1], "value", None) is ...)


def _differs(one, other):
    return one is not other


def _float(value, name):
    return _rounded(value) if name == "float" and type(value) is int else None


def _bytes(value, name):
    return value.encode("utf-8", "replace") if name == "bytes" and type(value) is str else None


def _rounded(number):
    """A float near a whole number that no float holds exactly."""
    return number + 0.1 if abs(number) < 2**52 else float(2**52)
