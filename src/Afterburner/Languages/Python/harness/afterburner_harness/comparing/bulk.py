"""Digests of large values of a module: quick, and good for telling in one process whether a value is as it was."""

from __future__ import annotations

import functools
import gc
import hashlib
import marshal
import types

from . import kinds
from .kinds import identity, is_a

_MOST = 4_000_000
_PLAIN = kinds.SCALARS | frozenset(map(identity, (bytes, complex)))
_NAMED = frozenset(map(identity, (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.CodeType)))
_VALUES_ONLY = 0  # of marshal: later versions write which texts and objects are kept once
_EXTENDED = ((str, str.__str__), (int, int.__int__), (float, float.__float__), (bytearray, bytes))


class TooLarge(Exception):
    """There is more in the value than can be gone through."""


def digest(value: object) -> str:
    """Of all that a value leads to. The order of dicts and of sets counts."""
    try:
        written = marshal.dumps(value, _VALUES_ONLY)
    except ValueError:
        written = b"".join(_written(value))
    return f"large {hashlib.blake2b(written, digest_size=16).hexdigest()}"


def _written(value):
    """Each object once, by its class and what it refers to; plain values in bulk, and those that have a name by it."""
    numbers, keep, ways, met = {}, [], {}, 0
    waiting = [value]
    while waiting:
        each = waiting.pop()
        key = identity(each)
        if key in numbers:
            yield b"%d;" % numbers[key]
            continue
        numbers[key] = len(numbers)
        keep.append(each)
        name, parts_of = ways.get(identity(type(each))) or _way(ways, type(each))
        parts = parts_of(each)
        met += len(parts)
        if met > _MOST:
            raise TooLarge
        other = [part for part in parts if identity(type(part)) not in _PLAIN]
        plain = parts if not other else [part for part in parts if identity(type(part)) in _PLAIN]
        yield b"%s%d,%d:" % (name, len(plain), len(other))
        if plain:
            yield marshal.dumps(plain, _VALUES_ONLY)
        waiting.extend(other)


def _way(ways, kind):
    """The name of a class, and what gives the parts of its values."""
    parts_of = gc.get_referents
    if is_a(kind, type) or identity(kind) in _NAMED:
        parts_of = _label
    for base, plain in _EXTENDED:
        if is_a(kind, base):
            parts_of = functools.partial(_one, plain)
    ways[identity(kind)] = kinds.name_of(kind).encode("utf-8", "surrogatepass"), parts_of
    return ways[identity(kind)]


def _label(value):
    if is_a(type(value), type):
        return [kinds.name_of(value)]
    return [value.__qualname__] if type(value) is types.FunctionType else []


def _one(plain, value):
    return [plain(value)]
