"""What compiled classes hide: whether anything of a value cannot be seen, and how values of known kinds are looked into.

A value whose memory holds more than its attributes and slots has content that only its own methods know. Those of known kinds
are asked by the real class's methods; all others are opaque, and an opaque value is equal to nothing but itself.
"""

from __future__ import annotations

import _csv
import _queue
import _thread
import contextvars
import gc
import hashlib
import io
import re
import struct
import sys
import types
from collections.abc import Callable

from . import kinds
from .kinds import identity, is_a

_BASIC, _DICT, _WEAK = (type.__dict__[name].__get__ for name in ("__basicsize__", "__dictoffset__", "__weakrefoffset__"))
_WORD = struct.calcsize("P")
_hiding = {}


def hides(kind: type) -> bool:
    """Whether values of a class have memory beside their attributes and slots."""
    if identity(kind) not in _hiding:
        slots = sum(
            type(slot) is types.MemberDescriptorType and slot.__objclass__ is owner
            for owner in kinds.order_of(kind) if "__slots__" in kinds.space(owner) for slot in kinds.space(owner).values())
        known = slots + (_DICT(kind) > 0) + (_WEAK(kind) > 0)
        _hiding[identity(kind)] = kind, _BASIC(kind) - _BASIC(object) > known * _WORD
    return _hiding[identity(kind)][1]


def content(kind: type) -> Callable | None:
    """``(freezer, value) -> parts`` of a node, for a class of a known kind; None for any other."""
    return next((see for base, see in (*_KNOWN, *_later()) if is_a(kind, base)), None)


def _hash(base):
    copy, digest, size, block, name = (kinds.find(base, part)[1] for part in ("copy", "digest", "digest_size", "block_size", "name"))

    def see(freezer, value):
        length = size.__get__(value)
        found = digest(copy(value)) if length else digest(copy(value), 64)
        return {"args": [name.__get__(value), length, block.__get__(value), found.hex()]}

    return see


def _hashes():
    bases = {getattr(sys.modules.get("_hashlib"), "HMAC", None)} - {None}
    for name in sorted(hashlib.algorithms_guaranteed):
        try:
            bases.add(type(hashlib.new(name)))
        except ValueError:
            continue
    return [(base, _hash(base)) for base in sorted(bases, key=lambda base: -len(kinds.order_of(base)))]


def _queued(freezer, value):
    """Its items are taken out and put back."""
    kind, items = _QUEUE, []
    while kind.qsize(value):
        items.append(kind.get_nowait(value))
    for item in items:
        kind.put(value, item)
    return {"items": freezer.items(items)}


def _written(freezer, value):
    """A writer of rows, by its dialect and what it hands them to."""
    return {"args": [freezer.tree(held) for held in gc.get_referents(value) if not is_a(type(held), type) and type(held) is not types.ModuleType]}


def _members(base, *names):
    read = [base.__dict__[name].__get__ for name in names]
    return lambda freezer, v: {"args": [freezer.tree(part(v)) for part in read]}


def _depth(freezer, value):
    found = re.search(r"count=(\d+)", _RLOCK.__repr__(value))
    return {"args": [found and found[1]]}


def _future(base):
    """A future or task by how far it is, and what it came to."""
    read = [base.__dict__[name].__get__ for name in ("_state", "_result", "_exception", "_callbacks")]

    def see(freezer, value):
        state, result, error, callbacks = (part(value) for part in read)
        return {"args": [state, freezer.tree(result), freezer.tree(error), len(callbacks or ())]}

    return see


def _later():
    """Kinds of modules that nobody may have loaded."""
    module = sys.modules.get("_asyncio")
    return [(module.Future, _future(module.Future)), (module.Task, _future(module.Task))] if module is not None else []


_QUEUE = _queue.SimpleQueue
_LOCK, _RLOCK, _LOCAL = _thread.LockType, type(_thread.RLock()), _thread._local
_KNOWN = [
    *_hashes(),
    (_QUEUE, _queued),
    (_LOCK, lambda freezer, v: {"args": [_LOCK.locked(v)]}),
    (_RLOCK, _depth),
    (_LOCAL, lambda freezer, v: {"entries": freezer.attributes(dict.copy(_LOCAL.__getattribute__(v, "__dict__")))}),
    (struct.Struct, _members(struct.Struct, "format")),
    (type(_csv.writer(io.StringIO())), _written),
    (_csv.Dialect, _members(
        _csv.Dialect, "delimiter", "doublequote", "escapechar", "lineterminator", "quotechar", "quoting", "skipinitialspace", "strict")),
    (contextvars.ContextVar, lambda freezer, v: {"args": [v.name, freezer.tree(v.get(None))]}),
    (contextvars.Token, _members(contextvars.Token, "var", "old_value")),
    (contextvars.Context, lambda freezer, v: {"entries": {"dict": freezer.pairs(list(v.items()))}}),
    (types.GetSetDescriptorType, lambda freezer, v: {"args": [kinds.name_of(v.__objclass__), v.__name__]}),
    (super, lambda freezer, v: {"args": [freezer.tree(held) for held in gc.get_referents(v)]}),
]
