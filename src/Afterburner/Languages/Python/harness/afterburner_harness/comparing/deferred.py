"""Trees of what can still do work after the call: iterators, generators, coroutines, functions, classes made inside of it.

Such a value is told apart from others by what it is made of (its code, and what it holds), besides by what it gives: or
work could be moved out of the measured call into an iterator or a method of the answer.
"""

from __future__ import annotations

import functools
import gc
import hashlib
import types
import warnings
import weakref

from . import kinds
from .iterators import Drained, drain
from .kinds import identity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .trees import Freezer

_SUSPENDED = {  # where their code and their frame are
    types.GeneratorType: ("gi_code", "gi_frame"),
    types.CoroutineType: ("cr_code", "cr_frame"),
    types.AsyncGeneratorType: ("ag_code", "ag_frame"),
}
_STORED = frozenset(identity(type(iterator)) for iterator in (
    iter([]), iter(()), iter(""), iter("\u00e9"), iter(b""), iter(bytearray()), iter(range(1)), iter(range(1 << 70)), iter({}), iter({}.values()),
    iter({}.items()), iter(set()), reversed([]), reversed({}), reversed({}.values()), reversed({}.items())))
_OF_EVERY_CLASS = frozenset((
    "__dict__", "__weakref__", "__doc__", "__module__", "__qualname__", "__firstlineno__", "__static_attributes__"))


def gives_items(kind: type) -> bool:
    """Whether values of a class are iterators whose ``__next__`` is the interpreter's or an extension's, not a method to be run."""
    how = kinds.find(kind, "__next__")[1]
    return type(how) is types.WrapperDescriptorType and kinds.find(kind, "__iter__")[0] is not None and kinds.find(kind, "readline")[0] is None


def iterator(freezer: Freezer, value: object) -> dict:
    """What it gives, and what it is made of."""
    made = _makeup(freezer, value)
    if freezer.looking:
        return {"iterator in use": kinds.name_of(type(value)), "made": made}
    return {**_drained(freezer, drain(value, freezer.drain_limit)), "made": made}


def _makeup(freezer, value):
    kind = type(value)
    if identity(kind) in _STORED and not freezer.looking and freezer.drain_limit:
        return "of what is stored"
    freezer.looking += 1
    try:
        if kind in _SUSPENDED:
            return _suspended(freezer, value, *_SUSPENDED[kind])
        return freezer.named(value, args=[freezer.tree(v) for v in _held(value, kind)])
    finally:
        freezer.looking -= 1


def _held(value, kind):
    """What an iterator is made of, and how far it is: as it says itself where it is compiled, else all it refers to."""
    owner, how = kinds.find(kind, "__reduce__")
    if owner is not object and type(how) is types.MethodDescriptorType:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return how(value)
            except Exception:
                pass  # of those that cannot be written down
    hint = kinds.find(kind, "__length_hint__")[1]
    left = [hint(value)] if type(hint) is types.MethodDescriptorType else []
    return [v for v in gc.get_referents(value) if v is not kind] + left


def _suspended(freezer, value, code, frame):
    code, frame = getattr(value, code), getattr(value, frame)
    if frame is None:
        return "at its end"
    held = sorted(dict(frame.f_locals).items())
    return {"code": digest_of(code), "at": frame.f_lasti, "holds": [[name, freezer.tree(v)] for name, v in held]}


def _drained(freezer, value):
    end = "more" if not value.complete else None
    if value.error is not None:
        end = freezer.tree(value.error)
    return {"iterator": freezer.items(value.items), "end": end, "returned": freezer.tree(value.returned)}


def _awaitable(freezer, value):
    return {"object": kinds.name_of(type(value)), "made": _makeup(freezer, value)}


def _function(freezer, value):
    name = f"{kinds.text_of(value.__module__)}.{kinds.text_of(value.__qualname__)}"
    if kinds.stands(value):
        return {"function": name}
    cells = []
    for cell in value.__closure__ or ():
        try:
            cells.append(freezer.tree(cell.cell_contents))
        except ValueError:
            cells.append({"empty": 0})
    node = {"closure": name, "code": digest_of(value.__code__), "cells": cells, "defaults": freezer.tree(value.__defaults__)}
    if value.__kwdefaults__ or value.__dict__:
        node["state"] = freezer.attributes({**(value.__kwdefaults__ or {}), **value.__dict__})
    return node


def _builtin(freezer, value):
    if value.__self__ is None or type(value.__self__) is types.ModuleType:
        return {"function": f"{kinds.text_of(value.__module__)}.{value.__qualname__}"}
    return {"bound": value.__name__, "to": freezer.tree(value.__self__)}


def _method(freezer, value):
    return {"bound": "method", "of": freezer.tree(value.__func__), "to": freezer.tree(value.__self__)}


def _module(freezer, value):
    name = kinds.text_of(vars(value).get("__name__"))
    return {"module": name} if kinds.is_loaded(name, value) else {"object": "module", "state": freezer.attributes(vars(value))}


def made_class(freezer: Freezer, value: type) -> dict:
    """A class that was made inside the call: only equal to one of the same structure, with the same code."""
    def structure():
        space = {k: v for k, v in kinds.space(value).items() if k not in _OF_EVERY_CLASS}
        bases = [freezer.tree(base) for base in kinds.order_of(value)[1:]]
        return {"made": kinds.name_of(value), "bases": bases, "kind": freezer.tree(type(value)), "state": freezer.attributes(space)}

    return {"class": freezer.once(value, structure)}


def digest_of(code: types.CodeType) -> str:
    return hashlib.blake2b(_text_of(code).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _text_of(code):
    constants = [
        _text_of(c) if type(c) is types.CodeType else repr(sorted(map(repr, c))) if type(c) is frozenset else repr(c)
        for c in code.co_consts]
    return repr((code.co_code.hex(), code.co_flags, constants, code.co_names, code.co_varnames, code.co_freevars))


def _parts(name, *attributes):
    return lambda freezer, v: {"object": name, "args": [freezer.tree(getattr(v, a)) for a in attributes]}


KINDS = (
    (Drained, _drained),
    (types.FunctionType, _function),
    (types.BuiltinFunctionType, _builtin),
    (types.MethodType, _method),
    (types.ModuleType, _module),
    (types.CodeType, lambda freezer, v: {"code": digest_of(v)}),
    (types.TracebackType, lambda freezer, v: {"object": "traceback", "opaque": freezer.opaque(v)}),
    (types.FrameType, lambda freezer, v: {"object": "frame", "opaque": freezer.opaque(v)}),
    (types.GeneratorType, iterator),
    (types.CoroutineType, _awaitable),
    (types.AsyncGeneratorType, _awaitable),
    (property, _parts("property", "fget", "fset", "fdel")),
    (staticmethod, _parts("staticmethod", "__func__")),
    (classmethod, _parts("classmethod", "__func__")),
    (functools.partial, _parts("functools.partial", "func", "args", "keywords", "__dict__")),
    (type(functools.lru_cache(len)), _parts("functools.lru_cache", "__dict__")),
    (types.CellType, lambda freezer, v: {"object": "cell", "args": [freezer.tree(held) for held in gc.get_referents(v)]}),
    (types.MappingProxyType, lambda freezer, v: {"object": "mappingproxy", "args": [freezer.tree(held) for held in gc.get_referents(v)]}),
    (memoryview, lambda freezer, v: {"object": "memoryview", "args": [v.format, v.readonly, list(v.shape), freezer.tree(v.tobytes())]}),
    (weakref.ref, _parts("weakref", "__callback__")),
)
# The interpreter makes a new object of these whenever it likes, so identity means nothing.
IMMUTABLE = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType, types.CodeType, Drained)
