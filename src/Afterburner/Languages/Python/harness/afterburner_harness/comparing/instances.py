"""Trees of objects: what they hold, as it is stored. Only classes of the interpreter and of libraries say it themselves."""

from __future__ import annotations

import collections
import datetime
import decimal
import enum
import fractions
import ipaddress
import pathlib
import re
import sys
import types
import uuid
from collections.abc import Callable

from . import deferred, kinds, live, opaque
from .kinds import find, identity, is_a, without_addresses

_ARGUMENTS, _CAUSE, _CONTEXT, _QUIET = (
    BaseException.__dict__[name].__get__ for name in ("args", "__cause__", "__context__", "__suppress_context__"))
_LONGEST = collections.deque.__dict__["maxlen"].__get__
_COMPILED = frozenset((types.MethodDescriptorType, types.WrapperDescriptorType))


def maker(kind: type) -> tuple[Callable, bool]:
    """What makes the tree of a value of this class, and whether it is plain: sharing one instance can then be seen only with ``is``."""
    for base, make in _VALUES:
        if is_a(kind, base):
            return make, True
    if is_a(kind, type):
        return _class, True
    if is_a(kind, enum.Enum) and kinds.label(kind) is not None:
        return _member, True
    owner, hashed = find(kind, "__hash__")
    return _maker(kind), hashed is not None and owner is not object


def _maker(kind):
    if is_a(kind, BaseException):
        return _exception
    if deferred.gives_items(kind):
        return deferred.iterator
    if kinds.trusted(kind) and kinds.name_of(kind).startswith("numpy."):
        return _numpy
    content = next((how for base, how in _CONTENTS if is_a(kind, base)), None)
    if content is not None:
        return lambda freezer, v: freezer.named(v, state=freezer.attributes(kinds.attributes(v)), **content(freezer, v))
    known = opaque.content(kind)
    if known is not None:
        return lambda freezer, v: freezer.named(v, state=freezer.attributes(kinds.attributes(v)), **known(freezer, v))
    reduce = _reduction(kind)
    return _stored if reduce is None else lambda freezer, v: _reduced(freezer, v, reduce)


def carries_state(value: object) -> bool:
    """A tuple with attributes (a node of a hierarchy, say) is told apart from others by them, and may lead to all of them."""
    return type(value) is not tuple and is_a(type(value), tuple) and bool(kinds.attributes(value))


def _class(freezer, value):
    label = kinds.label(value)
    return deferred.made_class(freezer, value) if label is None else {"class": label}


def _member(freezer, value):
    attributes = kinds.attributes(value)
    name = attributes.get("_name_")
    return {"enum": [kinds.label(type(value)), name if type(name) is str else freezer.tree(attributes.get("_value_"))]}


def _exception(freezer, value):
    args = _ARGUMENTS(value)
    node = freezer.named(value)
    because = _CAUSE(value)
    return {
        "exception": node.pop("object"), **node, "message": _message(value, args), "args": freezer.tree(args),
        # That it would hide another one, where there is none, nobody sees.
        "state": freezer.attributes(kinds.attributes(value)), "quiet": _QUIET(value) and _CONTEXT(value) is not None,
        "because": None if because is None else kinds.name_of(type(because))}


def _message(value, args):
    """As the interpreter writes it; empty where a class would have to be asked, because all it could say shows in its state."""
    owner, how = find(type(value), "__str__")
    if (type(how) not in _COMPILED and not kinds.trusted(owner)) or not all(identity(type(a)) in kinds.SCALARS for a in args):
        return ""
    try:
        return without_addresses(kinds.text_of(how(value)))
    except Exception as inner:
        return f"<str failed: {type(inner).__name__}>"


def _reduction(kind):
    """What makes the reduction of a value: compiled code, or a library of its own class; None where there is neither."""
    for name in ("__reduce_ex__", "__reduce__", "__getstate__"):
        owner, how = find(kind, name)
        if owner is None or owner is object or not (kinds.trusted(kind) or type(how) in _COMPILED):
            continue
        if name == "__getstate__":
            return lambda value: (None, (), how(value))
        return how if name == "__reduce__" else lambda value: how(value, 4)
    return None


def _reduced(freezer, value, reduce):
    kind = type(value)
    try:
        reduced = reduce(value)
    except Exception:
        return _stored(freezer, value)
    if type(reduced) is str:
        return {"global": reduced}
    arguments, state, items, pairs = (tuple(reduced) + (None,) * 3)[1:5]
    tree = freezer.named(value, state=_state(freezer, state))
    arguments = [freezer.tree(a) for a in arguments or () if a is not kind and a is not object]
    if arguments and arguments != [None]:
        tree["args"] = arguments
    if items is not None:
        tree["items"] = freezer.items(list(items))
    if pairs is not None:
        tree["entries"] = {"dict": freezer.pairs(pairs)}
    return tree


def _state(freezer, state):
    """What a reduction says that an object consists of."""
    if type(state) is tuple and len(state) == 2 and all(s is None or type(s) is dict for s in state):
        state = {**(state[0] or {}), **(state[1] or {})}  # __dict__ and __slots__
    if type(state) is not dict:
        return None if state is None else {"state": freezer.tree(state)}
    return freezer.attributes(state)


def _stored(freezer, value):
    """Its attributes and slots, what is known of its kind, and whether that is all."""
    kind = type(value)
    seen = live.visible(value) if kinds.label(kind) is not None else None
    more = {"opaque": freezer.opaque(value)} if seen is None and opaque.hides(kind) else {}
    tree = freezer.named(value, state=freezer.attributes(kinds.attributes(value)), **more)
    return tree if seen is None else {**tree, "seen": freezer.tree(seen)}


def _numpy(freezer, value):
    numpy = sys.modules["numpy"]
    kind, name = type(value), kinds.name_of(type(value))
    if is_a(kind, numpy.ndarray) and name == "numpy.ndarray":
        freezer.count(value.size // 8)
        return {"numpy": f"{name} {value.dtype}{list(value.shape)}", "items": freezer.tree(value.tolist())}
    if is_a(kind, numpy.generic):
        return {"numpy": f"{name} {value.dtype}[]", "items": freezer.tree(value.tolist())}
    if is_a(kind, numpy.dtype):
        return {"value": [name, repr(value)]}
    return _reduced(freezer, value, _reduction(kind)) if _reduction(kind) else _stored(freezer, value)


def _shown(base, how="__repr__"):
    """A value of the interpreter's by its text; that of a class which extends it also by its attributes."""
    def make(freezer, value):
        kind = type(value)
        if kind is base or kinds.trusted(kind):
            return {"value": [kinds.name_of(kind), without_addresses(repr(value))]}
        return freezer.named(value, args=[find(base, how)[1](value)], state=freezer.attributes(kinds.attributes(value)))

    return make


def _parts(base, *names):
    """A value by what it consists of, which may be of any class."""
    read = [base.__dict__[name].__get__ for name in names]
    return lambda freezer, v: freezer.named(v, args=[freezer.tree(part(v)) for part in read], state=_extended(freezer, v, base))


def _extended(freezer, value, base):
    return None if type(value) is base else freezer.attributes(kinds.attributes(value))


def _moment(base, *dated):
    """A time with a zone of any class: without asking the zone."""
    zone, plain = base.__dict__["tzinfo"].__get__, _shown(base)
    read = [datetime.date.__dict__[name].__get__ for name in dated]
    read += [base.__dict__[name].__get__ for name in ("hour", "minute", "second", "microsecond", "fold")]

    def make(freezer, value):
        kind = type(value)
        if zone(value) is None or (kind is not base and kinds.trusted(kind)):
            return plain(freezer, value)
        args = [[part(value) for part in read], freezer.tree(zone(value))]
        return freezer.named(value, args=args, state=_extended(freezer, value, base))

    return make


def _zone(freezer, value):
    return freezer.named(value, args=[freezer.tree(part) for part in datetime.timezone.__getinitargs__(value)])


_VALUES = (
    (datetime.datetime, _moment(datetime.datetime, "year", "month", "day")), (datetime.date, _shown(datetime.date)),
    (datetime.time, _moment(datetime.time)), (datetime.timedelta, _shown(datetime.timedelta)), (datetime.timezone, _zone),
    (decimal.Decimal, _shown(decimal.Decimal)), (fractions.Fraction, _parts(fractions.Fraction, "_numerator", "_denominator")),
    (uuid.UUID, _parts(uuid.UUID, "int")), (pathlib.PurePath, _shown(pathlib.PurePath, "__str__")),
    *((kind, _shown(kind)) for kind in (
        ipaddress.IPv4Address, ipaddress.IPv6Address, ipaddress.IPv4Network, ipaddress.IPv6Network, type(Ellipsis), type(NotImplemented))),
    (re.Pattern, _parts(re.Pattern, "pattern", "flags")), (re.Match, _parts(re.Match, "re", "string", "regs")), (slice, _parts(slice, "start", "stop", "step")),
    (range, _parts(range, "start", "stop", "step")),
)
# What a class holds that extends a container or a scalar, read as the container itself reads it. Of the mappings only OrderedDict
# compares unequal for another order; what iterates sees it in all of them.
_CONTENTS = (
    (list, lambda freezer, v: {"items": freezer.items(list(list.__iter__(v)))}),
    (tuple, lambda freezer, v: {"args": freezer.items(list(tuple.__iter__(v)))}),
    (collections.OrderedDict, lambda freezer, v: {"entries": {"ordered": freezer.pairs(list(collections.OrderedDict.items(v)))}}),
    (collections.defaultdict, lambda freezer, v: {"factory": freezer.tree(_FACTORY(v)), "entries": freezer.dict(v)}),
    (dict, lambda freezer, v: {"entries": freezer.dict(v)}),
    (set, lambda freezer, v: {"entries": freezer.set(v)}),
    (frozenset, lambda freezer, v: {"entries": freezer.set(v)}),
    (collections.deque, lambda freezer, v: {"items": freezer.items(list(collections.deque.__iter__(v))), "args": [_LONGEST(v)]}),
    (str, lambda freezer, v: {"args": [without_addresses(str.__str__(v))]}),
    (int, lambda freezer, v: {"args": [freezer.tree(int.__int__(v))]}),
    (float, lambda freezer, v: {"args": [float.__float__(v)]}),
    (complex, lambda freezer, v: {"args": [freezer.tree(complex.__pos__(v))]}),
    (bytes, lambda freezer, v: {"entries": freezer.bytes(v)}),
    (bytearray, lambda freezer, v: {"entries": freezer.bytes(v)}),
)
_FACTORY = collections.defaultdict.__dict__["default_factory"].__get__
