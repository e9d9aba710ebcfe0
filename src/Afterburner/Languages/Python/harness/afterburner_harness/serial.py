"""Stores the arguments of a call: pickle, extended to what real calls hold.

Plain pickle makes about 71 % of the functions that tests reach replayable. Functions by their code, modules, locks,
standard streams, local classes, views, weak references and tracebacks lift that to about 86 %.
"""

import builtins
import collections
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

from . import kinds
from .unpickling import Unserialisable

RECURSION = 6_000
GENERATOR_ITEMS = 100_000
MATCHES = 1_000  # looked through for one
_HEAP_TYPE = 1 << 9  # made by a class statement


class Consumes(Unserialisable):
    """Storing the value would use up a generator that the running call still needs."""


def dumps(value, consume=False):
    """Bytes from which ``loads`` makes an equal, independent value.

    A generator is stored as the list of what is left of it, which uses it up: only with ``consume``, and then in a
    process that is thrown away.
    """
    buffer = io.BytesIO()
    before = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(max(before, RECURSION))
        _Pickler(buffer, consume).dump(value)
    except Unserialisable:
        raise
    except Exception as error:
        raise Unserialisable(f"{type(error).__name__}: {str(error)[:200]}") from error
    finally:
        sys.setrecursionlimit(before)
    return buffer.getvalue()


class _Pickler(pickle.Pickler):
    def __init__(self, file, consume):
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._consume = consume

    def reducer_override(self, value):
        kind = type(value)
        reduce = _REDUCERS.get(kind)
        if reduce is not None:
            return reduce(value)
        if kind is types.GeneratorType:
            return self._generator(value)
        if isinstance(value, type):
            return _class(value)
        if isinstance(value, threading.local):
            return _new, (kind,), dict(vars(value)), None, None, _update
        if isinstance(value, io.TextIOBase):
            return _stream(value)
        if isinstance(value, (list, dict)) and _fills_itself(kind):
            return _container(value)
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


def _importable(value):
    found = sys.modules.get(value.__module__)
    for part in value.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is value


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


def _function(value):
    if _importable(value):
        return NotImplemented
    cells = [_cell_contents(cell) for cell in value.__closure__ or ()]
    state = value.__defaults__, value.__kwdefaults__, cells, dict(value.__dict__)
    recipe = marshal.dumps(value.__code__), value.__module__, value.__name__, value.__qualname__, len(cells)
    return _make_function, recipe, state, None, None, _fill_function


def _cell_contents(cell):
    try:
        return (cell.cell_contents,)
    except ValueError:
        return None


def _make_function(code, module, name, qualified, cell_count):
    space = importlib.import_module(module).__dict__ if module else {"__builtins__": builtins}
    closure = tuple(types.CellType() for _ in range(cell_count)) or None
    made = types.FunctionType(marshal.loads(code), space, name, None, closure)
    made.__qualname__, made.__module__ = qualified, module
    return made


def _fill_function(made, state):
    made.__defaults__, made.__kwdefaults__, cells, attributes = state
    for cell, contents in zip(made.__closure__ or (), cells):
        if contents is not None:
            cell.cell_contents = contents[0]
    made.__dict__.update(attributes)


def _class(value):
    if _importable(value) or not value.__flags__ & _HEAP_TYPE:
        return NotImplemented
    names = value.__module__, value.__qualname__
    if issubclass(value, tuple) and hasattr(value, "_fields") and "_field_defaults" in value.__dict__:
        return _make_named_tuple, (value.__name__, value._fields, tuple(value._field_defaults.values()), *names)
    if any(base.__name__ == "Enum" for base in value.__mro__[1:]):
        raise Unserialisable(f"{value.__qualname__}, an enumeration defined inside a function")
    slots = value.__dict__.get("__slots__", None)
    hidden = {"__dict__", "__weakref__", "__slots__", "__module__", "__qualname__", "__abstractmethods__", "_abc_impl"}
    hidden.update([slots] if isinstance(slots, str) else slots or ())
    space = {name: item for name, item in value.__dict__.items() if name not in hidden}
    abstract = getattr(value, "__abstractmethods__", None) if "_abc_impl" in value.__dict__ else None
    recipe = type(value), value.__name__, value.__bases__, slots, *names
    return _make_class, recipe, (space, abstract), None, None, _fill_class


def _make_class(metaclass, name, bases, slots, module, qualified):
    space = {"__module__": module, "__qualname__": qualified}
    if slots is not None:
        space["__slots__"] = slots
    made = types.new_class(name, bases, {"metaclass": metaclass}, lambda body: body.update(space))
    kinds.note(made)
    return made


def _fill_class(made, state):
    space, abstract = state
    for name, item in space.items():
        if name != "__classcell__":
            type.__setattr__(made, name, item)
    if abstract is not None:
        made.__abstractmethods__ = abstract


def _make_named_tuple(name, fields, defaults, module, qualified):
    made = collections.namedtuple(name, fields, defaults=defaults, module=module)
    made.__qualname__ = qualified
    kinds.note(made)
    return made


def _fills_itself(kind):
    """Whether a list or dict of this kind has methods of its own that pickle would fill it with, before its attributes are there."""
    if kind.__reduce_ex__ is not object.__reduce_ex__ or kind.__reduce__ not in (object.__reduce__, collections.OrderedDict.__reduce__):
        return False
    if issubclass(kind, list):
        return kind.append is not list.append or kind.extend is not list.extend
    return kind.__setitem__ not in (dict.__setitem__, collections.OrderedDict.__setitem__)


def _container(value):
    base = _container_base(value)
    items = list(list.__iter__(value)) if base is list else list(base.items(value))
    made = value.__reduce_ex__(pickle.HIGHEST_PROTOCOL)
    # An OrderedDict is made by calling its class: only attributes are taken from its own reduction.
    return _new, (type(value),), (items, made[2]), None, None, _fill_container


def _container_base(value):
    return next(base for base in (list, collections.OrderedDict, dict) if isinstance(value, base))


def _fill_container(made, state):
    items, attributes = state
    base = _container_base(made)
    if base is list:
        list.extend(made, items)
    else:
        for key, item in items:
            base.__setitem__(made, key, item)
    if attributes is None:
        return
    if hasattr(made, "__setstate__"):
        made.__setstate__(attributes)
        return
    plain, slots = attributes if isinstance(attributes, tuple) and len(attributes) == 2 else (attributes, None)
    made.__dict__.update(plain or {})
    for name, item in (slots or {}).items():
        setattr(made, name, item)


def _stream(value):
    for name in ("stdin", "stdout", "stderr"):
        if value is getattr(sys, name, None) or value is getattr(sys, f"__{name}__", None):
            return _standard_stream, (name,)
    return NotImplemented


def _standard_stream(name):
    return getattr(sys, name)


def _generator_of(items):
    return (item for item in items)


def _new(kind):
    return kind.__new__(kind)


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
    types.FunctionType: _function,
    types.ModuleType: lambda value: (importlib.import_module, (value.__name__,)),
    types.CodeType: lambda value: (marshal.loads, (marshal.dumps(value),)),
    types.CellType: lambda value: (_cell, (_cell_contents(value),)),
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
