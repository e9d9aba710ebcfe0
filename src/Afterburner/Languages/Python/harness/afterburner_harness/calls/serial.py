"""Stores the arguments of a call: pickle, extended to what real calls hold.

Plain pickle makes about 71 % of the functions that tests reach replayable. Functions by their code, modules, locks,
standard streams, local classes, views, weak references and tracebacks lift that to about 86 %.
"""

from __future__ import annotations

import _io
import importlib
import io
import itertools
import marshal
import pickle
import re
import sys
import threading
import types
import weakref

from .containers import container, fills_itself, new
from .defined import cell_contents, code_bytes, reduced_class, reduced_function
from .unpickling import Unserialisable

RECURSION = 6_000
GENERATOR_ITEMS = 100_000
MATCHES = 1_000  # looked through for one


class Consumes(Unserialisable):
    """Storing the value would use up a generator that the running call still needs."""


def dumps(value: object, consume: bool = False, placed: bool = True) -> bytes:
    """Bytes from which ``loads`` makes an equal, independent value.

    A generator is stored as the list of what is left of it, which uses it up: only with ``consume``, and then in a
    process that is thrown away. Code is stored with the lines that it stands in only where it is ``placed``.
    """
    buffer = io.BytesIO()
    before = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(max(before, RECURSION))
        _Pickler(buffer, consume, placed).dump(value)
    except Unserialisable:
        raise
    except Exception as error:
        raise Unserialisable(f"{type(error).__name__}: {str(error)[:200]}") from error
    finally:
        sys.setrecursionlimit(before)
    return buffer.getvalue()


class _Pickler(pickle.Pickler):
    def __init__(self, file, consume, placed):
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._consume, self._placed = consume, placed

    def reducer_override(self, value):
        kind = type(value)
        if kind is types.FunctionType:
            return reduced_function(value, self._placed)
        if kind is types.CodeType:
            return marshal.loads, (code_bytes(value, self._placed),)
        reduce = _REDUCERS.get(kind)
        if reduce is not None:
            return reduce(value)
        if kind is types.GeneratorType:
            return self._generator(value)
        if isinstance(value, type):
            return reduced_class(value)
        if isinstance(value, threading.local):
            return new, (kind,), dict(vars(value)), None, None, _update
        if isinstance(value, _io._TextIOBase):
            return _stream(value)
        if isinstance(value, (list, dict)) and fills_itself(kind):
            return container(value)
        if isinstance(value, (types.CoroutineType, types.AsyncGeneratorType)):
            raise Unserialisable("a running coroutine")
        return NotImplemented

    def _generator(self, value):
        if not self._consume:
            raise Consumes("a generator")
        items = list(itertools.islice(value, GENERATOR_ITEMS + 1))
        if len(items) > GENERATOR_ITEMS:
            raise Unserialisable("a generator without end")
        return _generator_of, (items,)


def _match(value):
    """Found again in the same text: nothing else makes one."""
    pattern, where = value.re, (value.string, value.pos, value.endpos)
    for how in ("match", "fullmatch"):
        if _same(getattr(pattern, how)(*where), value):
            return _match_again, (pattern, how, where, 0)
    for place, found in enumerate(itertools.islice(pattern.finditer(*where), MATCHES)):
        if _same(found, value):
            return _match_again, (pattern, "finditer", where, place)
    raise Unserialisable("a match that cannot be found again")


def _same(found, value):
    return found is not None and found.regs == value.regs


def _match_again(pattern, how, where, place):
    found = getattr(pattern, how)(*where)
    return next(itertools.islice(found, place, None)) if how == "finditer" else found


def _stream(value):
    for name in ("stdin", "stdout", "stderr"):
        if value is getattr(sys, name, None) or value is getattr(sys, f"__{name}__", None):
            return _standard_stream, (name,)
    return NotImplemented


def _standard_stream(name):
    return getattr(sys, name)


def _generator_of(items):
    return (item for item in items)


def _update(made, state):
    vars(made).update(state)


def _view(kind, mapping):
    return getattr(mapping, kind)()


def _view_of(kind):
    def reduce(view):
        mapping = getattr(view, "mapping", None)  # Python 3.10
        return _view, (kind, dict(mapping) if mapping is not None else _mapping_behind(kind, view))

    return reduce


def _mapping_behind(kind, view):
    return dict(view) if kind == "items" else dict.fromkeys(view) if kind == "keys" else dict(enumerate(view))


def _dead_reference():
    class Gone:
        pass

    return weakref.ref(Gone())


def _reference(value):
    target = value()
    return (_dead_reference, ()) if target is None else (weakref.ref, (target,))


def _nothing():
    return None


def _cell(contents):
    return types.CellType() if contents is None else types.CellType(contents[0])


def _proxy(mapping):
    return types.MappingProxyType(mapping)


_REDUCERS = {
    re.Match: _match,
    types.ModuleType: lambda value: (importlib.import_module, (value.__name__,)),
    types.CellType: lambda value: (_cell, (cell_contents(value),)),
    types.TracebackType: lambda value: (_nothing, ()),
    types.FrameType: lambda value: (_nothing, ()),
    types.MappingProxyType: lambda value: (_proxy, (dict(value),)),
    type(threading.Lock()): lambda value: (threading.Lock, ()),
    type(threading.RLock()): lambda value: (threading.RLock, ()),
    property: lambda value: (property, (value.fget, value.fset, value.fdel, value.__doc__)),
    staticmethod: lambda value: (staticmethod, (value.__func__,)),
    classmethod: lambda value: (classmethod, (value.__func__,)),
    weakref.ref: _reference,
    weakref.WeakValueDictionary: lambda value: (weakref.WeakValueDictionary, (dict(value),)),
    weakref.WeakKeyDictionary: lambda value: (weakref.WeakKeyDictionary, (dict(value),)),
    type({}.keys()): _view_of("keys"),
    type({}.values()): _view_of("values"),
    type({}.items()): _view_of("items"),
}
