"""What of the process outlives a call: the places where a function could keep values for the next one."""

import builtins
import contextvars
import functools
import gc
import itertools
import os
import sys
import threading
import types

from . import kinds, loading, trees
from .kinds import identity

_NODES = 20_000
_IGNORED = frozenset(("__builtins__", "__warningregistry__", "__cached__", "__spec__", "__loader__"))
_NOT_DATA = frozenset(map(identity, (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.CodeType, types.FrameType)))
_COUNTING = (itertools.count, itertools.repeat)  # their text tells how far they are
_LRU = type(functools.lru_cache(lambda: None))


def snapshot(function):
    """Fingerprints by name, for a person to read: ``module pkg.shapes: _CACHE``."""
    home, named = function.__module__, _named(function.__code__)
    found = {"number of threads": threading.active_count(), "functions in builtins": len(vars(builtins))}
    _function_state(found, function.__qualname__, function)
    for name, module in list(sys.modules.items()):
        space = getattr(module, "__dict__", None)
        if not isinstance(space, dict):
            continue
        if name == home or (name.rpartition(".")[2] in named and _is_of_repository(module)):
            _deep(found, f"module {name}", space)
        elif _is_of_repository(module):
            _shallow(found, f"module {name}", space)
        elif name.partition(".")[0] != "afterburner_harness":
            found[f"names in module {name}"] = frozenset(space)
    found["environment"] = hash(frozenset(os.environ.items()))
    return found


def changes(before, after):
    """Names of what differs between two snapshots, except modules that were imported in between."""
    changed = []
    for name, value in after.items():
        if name not in before:
            if not name.startswith(("names in module ", "module ")) or _parent_known(name, before):
                changed.append(name)
        elif value != before[name] and not (isinstance(value, frozenset) and _only_modules(name, value - before[name])):
            changed.append(name)
    changed.extend(name for name in before if name not in after)
    return sorted(changed)


def left(snapshot, names):
    """What is left under some names, as text that is the same in every process with the same values; without those that have none."""
    return {name: snapshot[name] for name in names if isinstance(snapshot.get(name), str)}


def shared(function, met):
    """Names of the module's values that are, or hold a part of, what a call gave: whoever changes that changes the module.

    ``met``: ids of all objects that the call gave.
    """
    found, left = [], [_NODES]
    places = {**function.__globals__, "defaults": [function.__defaults__, function.__kwdefaults__]}
    for name, value in places.items():
        if name not in _IGNORED and _holds(value, met, left, {identity(places)}):
            found.append(name)
    return sorted(found)


def _holds(value, met, left, seen):
    waiting = [value]
    while waiting and left[0] > 0:
        each = waiting.pop()
        if identity(each) in seen or identity(type(each)) in _NOT_DATA or kinds.is_a(type(each), type):
            continue
        if identity(each) in met:
            return True
        seen.add(identity(each))
        left[0] -= 1
        if gc.is_tracked(each):
            waiting.extend(gc.get_referents(each))
    return False


def _named(code):
    """All names in a function and what is defined inside it."""
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _named(constant)
    return names


def _parent_known(name, before):
    """A new name in a module that was there before is a change; a module that is new as a whole is an import."""
    module = name.partition(":")[0]
    return any(known.partition(":")[0] == module for known in before)


def _only_modules(name, names):
    module = sys.modules.get(name.rpartition(" ")[2])
    return all(isinstance(getattr(module, n, None), types.ModuleType) or n in _IGNORED for n in names)


def _is_of_repository(module):
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and os.path.realpath(file).startswith(os.path.realpath(loading.WORK) + os.sep)


def _deep(found, prefix, space):
    for name, value in list(space.items()):
        if name not in _IGNORED and not isinstance(value, types.ModuleType):
            found[f"{prefix}: {name}"] = _fingerprint(found, f"{prefix}: {name}", value, _digest)


def _shallow(found, prefix, space):
    for name, value in list(space.items()):
        if name not in _IGNORED and not isinstance(value, types.ModuleType):
            found[f"{prefix}: {name}"] = _fingerprint(found, f"{prefix}: {name}", value, _size)


def _fingerprint(found, path, value, of):
    if isinstance(value, _LRU):
        return value.cache_info()[:4]
    if isinstance(value, types.FunctionType):
        _function_state(found, path, value)
        return identity(value)
    if type(value) is contextvars.ContextVar:
        return _digest(value.get(None))
    if type(value) in _COUNTING:
        return repr(value)
    if isinstance(value, type):
        for name, item in list(vars(value).items()):
            inner = getattr(item, "__func__", item)
            if name not in ("__dict__", "__weakref__", "__doc__", "__abstractmethods__", "_abc_impl"):
                found[f"{path}.{name}"] = (
                    inner.cache_info()[:4] if isinstance(inner, _LRU) else
                    identity(inner) if isinstance(inner, (types.FunctionType, property, type)) else of(inner))
                if isinstance(inner, types.FunctionType):
                    _function_state(found, f"{path}.{name}", inner)
        return identity(value)
    return of(value)


def _function_state(found, path, function):
    if function.__dict__:
        attributes = {k: v for k, v in function.__dict__.items() if k != "__wrapped__"}
        found[f"attributes of {path}"] = _digest(attributes)
    if function.__defaults__ or function.__kwdefaults__:
        found[f"defaults of {path}"] = _digest([function.__defaults__, function.__kwdefaults__])
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
        try:
            found[f"closure of {path}: {name}"] = _digest(cell.cell_contents)
        except ValueError:
            continue


def _digest(value):
    try:
        return trees.digest(value, nodes=_NODES, drain=0)
    except Exception:
        return _size(value)


def _size(value):
    try:
        return type(value).__name__, identity(value), len(value) if hasattr(type(value), "__len__") else None
    except Exception:
        return type(value).__name__, identity(value)
