"""Attributes of objects by name, in a dictionary or in slots."""

from __future__ import annotations

import copy
import functools
import os
import sys
import sysconfig
import types

from ..comparing import kinds

_NONE = (type, types.FunctionType, types.ModuleType)
_INSTALLED = tuple({os.path.join(path, "") for path in map(sysconfig.get_path, ("stdlib", "platstdlib", "purelib", "platlib"))} | {"/usr/lib/python3/"})


def of(value: object) -> dict:
    """Those of an instance; none of a class, function or module. Slots of an installed class, as of a fraction, are nobody's to fill in."""
    if isinstance(value, _NONE):
        return {}
    if _has_slots(type(value)):
        try:
            return kinds.attributes(value)
        except kinds.Hidden:
            pass
    held = getattr(value, "__dict__", None)
    return dict(held) if isinstance(held, dict) else {}


def put(value: object, name: str, content: object) -> None:
    """Past what the class does about it."""
    held = getattr(value, "__dict__", None)
    if isinstance(held, dict) and name in held:
        held[name] = content
    else:
        object.__setattr__(value, name, content)


def replaced(value: object, name: str, content: object) -> object:
    """A copy with another content of one attribute. Numbers beside it that were its length, as of an end within a text, are the new one."""
    made, old = copy.copy(value), of(value).get(name)
    put(made, name, content)
    if _is_sized(old) and _is_sized(content):
        follow(made, len(old), len(content))
    return made


def follow(value: object, was: int, now: int) -> None:
    """Numbers among the attributes that were a length are the new one."""
    for name, held in of(value).items():
        if was > 2 and type(held) is int and held == was:
            put(value, name, now)


def _is_sized(value):
    return isinstance(value, (str, bytes, bytearray, list, tuple, dict, set, frozenset))


@functools.cache
def _has_slots(kind):
    """Whether a class of the repository, and not one of the language or a library, has slots."""
    file = getattr(sys.modules.get(kind.__module__), "__file__", None) or ""
    return any("__slots__" in vars(owner) for owner in kind.__mro__) and bool(file) and not file.startswith(_INSTALLED)
