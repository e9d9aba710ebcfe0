"""Values of the code under test: stored, hashed, compared and described. One door to the modules that do it."""

from __future__ import annotations

import reprlib

from ..comparing.compare import TOLERANCE, Difference, compare, show
from ..comparing.iterators import Drained, drain, is_iterator
from ..comparing.trees import TooLarge, digest, digest_tree, freeze
from . import attributes
from .serial import Consumes, dumps
from .unpickling import Unserialisable, loads

__all__ = [
    "Consumes", "Difference", "Drained", "TooLarge", "Unserialisable", "compare", "describe", "describe_call", "difference", "digest",
    "digest_tree", "drain", "dumps", "freeze", "is_iterator", "loads", "shape", "show", "size",
]

_SIZED = (str, bytes, bytearray, list, tuple, dict, set, frozenset)


def difference(first: object, second: object, tolerance: float = TOLERANCE) -> str | None:
    """Where two values differ, or None. See ``compare``."""
    found = compare(freeze(first), freeze(second), tolerance=tolerance)
    return None if found is None else found.text


def describe(value: object, limit: int = 120) -> str:
    """A value in one short line; never raises."""
    try:
        text = _Brief().repr(value)
    except Exception as error:
        text = f"<{type(value).__name__}: repr failed with {type(error).__name__}>"
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def describe_call(name: str, arguments: dict, limit: int = 300) -> str:
    """``parse(text='a b', strict=True)``, for a person."""
    parts = [f"{key}={describe(value, 80)}" for key, value in arguments.items()]
    text = f"{name}({', '.join(parts)})"
    return text if len(text) <= limit else text[: limit - 1] + "…"


def shape(arguments: dict) -> str:
    """``items: list[1000] of int, key: str[4]``."""
    return ", ".join(f"{name}: {_shape_of(value)}" for name, value in arguments.items())


def size(arguments: dict) -> int:
    """The largest ``len()`` among the arguments, looking one level into objects; 0 when nothing has one."""
    return max((_size_of(value) for value in arguments.values()), default=0)


def _size_of(value):
    if isinstance(value, range):
        return len(value)
    if isinstance(value, _SIZED):
        inner = [len(v) for v in list(value)[:50] if isinstance(v, _SIZED)] if not isinstance(value, (str, bytes)) else []
        return max([len(value), *inner])
    return max((len(v) for v in list(attributes.of(value).values())[:50] if isinstance(v, _SIZED)), default=0)


def _shape_of(value):
    name = type(value).__name__
    if isinstance(value, range):
        return f"{name}[{len(value)}]"
    if not isinstance(value, _SIZED):
        return f"{name} {value}" if type(value) in (int, float) and abs(value) < 10**6 else name
    if isinstance(value, (str, bytes, bytearray)) or not value:
        return f"{name}[{len(value)}]"
    if isinstance(value, dict):
        return f"{name}[{len(value)}] of {_kinds(value)}: {_kinds(value.values())}"
    return f"{name}[{len(value)}] of {_kinds(value)}"


def _kinds(values):
    names = []
    for index, value in enumerate(values):
        if index == 100:
            break
        name = type(value).__name__ + (f"[{len(value)}]" if isinstance(value, (list, tuple)) else "")
        if name not in names:
            names.append(name)
    return "|".join(names) if len(names) <= 3 else "|".join([*names[:3], "…"])


class _Brief(reprlib.Repr):
    def __init__(self):
        super().__init__()
        self.maxstring = self.maxother = 60
        self.maxlist = self.maxtuple = self.maxset = self.maxdict = 5
        self.maxlevel = 4

    def repr_list_iterator(self, value, level):
        import copy  # here, because hardly a call needs it

        return f"iter({self.repr1(list(copy.copy(value)), level)})"
