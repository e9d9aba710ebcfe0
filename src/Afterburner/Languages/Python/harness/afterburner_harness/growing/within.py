"""What containers and records hold, of other kinds that are declared for it: floats, decimals, bytes, texts for what is gone through, and,
where anything may stand, what cannot be hashed.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator

from ..functions import annotations
from . import traits

LISTS, TUPLES = frozenset(("list", "List", "MutableSequence")), frozenset(("tuple", "Tuple"))
SETS = frozenset(("set", "Set", "AbstractSet", "MutableSet", "frozenset", "FrozenSet"))
_OF_ONE_KIND = annotations.GONE_THROUGH | LISTS | SETS  # written with the kind of their items
_MAPPINGS = frozenset(("dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "OrderedDict"))
_DEEPEST = 5


def ways(value: object, name: str, inner: list[ast.expr]) -> Iterator[tuple[str, Callable]]:
    """``(kind, what makes it)``: the same value with what it holds of another kind, for one member of its annotation."""
    for kind, recast in (("floats", _float), ("decimals", _decimal), ("bytes", _bytes), ("texts", _text), ("unhashable", _Unhashable)):
        if _cast(value, name, inner, recast() if recast is _Unhashable else recast) is not None:
            yield kind, lambda old, recast=recast: _cast(old, name, inner, recast() if recast is _Unhashable else recast)


def _cast(value, name, inner, recast, deep=0):
    """A container with every item recast for which that is declared; None where it holds none."""
    try:
        if deep == _DEEPEST:
            return None
        if type(value) is dict:
            return _cast_dict(value, name, inner, recast, deep + 1)
        if type(value) in (list, tuple, set, frozenset):
            return _cast_items(value, name, inner, recast, deep + 1)
        return _cast_fields(value, recast, deep + 1)
    except TypeError:  # what cannot be hashed, in a set or as a key
        return None


def _cast_dict(value, name, inner, recast, deep):
    keys, values = (inner[:1], inner[1:]) if name in _MAPPINGS and len(inner) == 2 else ((), ())
    pairs = [(_item(key, keys, recast, deep), _item(each, values, recast, deep)) for key, each in value.items()]
    return dict(pairs) if any(map(_differs, (x for pair in pairs for x in pair), (x for pair in value.items() for x in pair))) else None


def _cast_items(value, name, inner, recast, deep):
    of_one = inner[:1] if _is_of_one(name, inner) else ()
    fields = not of_one and len(inner) == len(value) and name in TUPLES and type(value) is tuple
    items = [_item(each, inner[at:at + 1] if fields else of_one, recast, deep) for at, each in enumerate(value)]
    return type(value)(items) if any(map(_differs, items, value)) else None


def _cast_fields(value, recast, deep):
    """A record of a class whose fields are annotated: a data class, or a named tuple."""
    kind, found = type(value), {}
    for field in getattr(kind, "__dataclass_fields__", None) or (getattr(kind, "_fields", ()) if isinstance(value, tuple) else ()):
        declared = annotations.written(getattr(kind, "__annotations__", {}).get(field))
        old = getattr(value, field, None)
        new = old if declared is None else _item(old, [declared], recast, deep)
        if new is not old:
            found[field] = new
    if not found:
        return None
    if isinstance(value, tuple):
        return value._replace(**found)
    other = copy.copy(value)
    for field, new in found.items():
        object.__setattr__(other, field, new)  # a frozen one as well
    return other


def _item(value, declared, recast, deep):
    for each in declared:
        for name, inner in annotations.members(each):
            found = recast(value, name, inner)
            if found is None:
                found = _cast(value, name, inner, recast, deep)
            if found is not None:
                return found
    return value


def _is_of_one(name, inner):
    return (name in _OF_ONE_KIND and len(inner) == 1) or (name in TUPLES and len(inner) == 2 and getattr(inner[1], "value", None) is ...)


def _differs(one, other):
    return one is not other


def _float(value, name, inner):
    return rounded(value) if name == "float" and type(value) is int else None


def _decimal(value, name, inner):
    return decimal_of(value) if name == "Decimal" and type(value) in (int, float) else None


def _bytes(value, name, inner):
    return value.encode("utf-8", "replace") if name == "bytes" and type(value) is str else None


def _text(value, name, inner):
    is_declared = name in annotations.GONE_THROUGH and annotations.says_texts(inner)
    return " ".join(value) if is_declared and type(value) in (list, tuple) and value and all(type(item) is str for item in value) else None


class _Unhashable:
    """The first value in whose place anything may stand."""

    def __init__(self):
        self._done = False

    def __call__(self, value, name, inner):
        if self._done or name not in ("Any", "object") or not traits.hashable(value):
            return None
        self._done = True
        return [value]


def decimal_of(number: float) -> object:
    import decimal  # here, because hardly an annotation needs it

    return decimal.Decimal(repr(number))


def rounded(number: int) -> float:
    """A float near a whole number that no float holds exactly."""
    return number + 0.1 if abs(number) < 2**52 else float(2**52)
