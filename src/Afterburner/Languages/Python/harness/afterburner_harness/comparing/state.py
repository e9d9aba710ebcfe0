"""What of the process outlives a call: the places where a function could keep values for the next one."""

from __future__ import annotations

import builtins
import contextvars
import functools
import itertools
import os
import sys
import threading
import types

from . import bulk, kinds, trees
from .kinds import NOT_OF_MODULES, identity
from .reach import Reached, of_repository

_NODES = 20_000
_COUNTING = (itertools.count, itertools.repeat)  # their text tells how far they are
_SIZED = frozenset((list, tuple, dict, set, frozenset))
_OF_EVERY_CLASS = frozenset(("__dict__", "__weakref__", "__doc__", "__abstractmethods__", "_abc_impl"))
_TOLD = itertools.count()
_LRU = type(functools.lru_cache(lambda: None))


def snapshot(function: types.FunctionType) -> dict[str, object]:
    """Fingerprints by name, for a person to read: ``module pkg.shapes: _CACHE``."""
    home, reached = function.__globals__, Reached([function])
    found = {"number of threads": threading.active_count(), "functions in builtins": len(vars(builtins))}
    _function_state(found, function.__qualname__, function)
    for name, module in list(sys.modules.items()):
        space = getattr(module, "__dict__", None)
        if not isinstance(space, dict):
            continue
        if space is home or (of_repository(space) and (reached.names_itself(space) or name.rpartition(".")[2] in reached.direct)):
            _values(found, f"module {name}", space, lambda value, named: _digest(value, named), reached.names)
        elif of_repository(space):
            deep = reached.leads_to(space)
            _values(found, f"module {name}", space, lambda value, named: _digest(value) if deep and named else _size(value), reached.names)
        elif name.partition(".")[0] != "afterburner_harness":
            found[f"names in module {name}"] = frozenset(space)
    found["environment"] = hash(frozenset(os.environ.items()))
    return found


def changes(before: dict[str, object], after: dict[str, object]) -> list[str]:
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


def left(snapshot: dict[str, object], names: list[str]) -> dict[str, str]:
    """What is left under some names, as text that is the same in every process with the same values; without those that have none."""
    return {name: snapshot[name] for name in names if isinstance(snapshot.get(name), str)}


def _parent_known(name, before):
    """A new name in a module that was there before is a change; a module that is new as a whole is an import."""
    module = name.partition(":")[0]
    return any(known.partition(":")[0] == module for known in before)


def _only_modules(name, names):
    module = sys.modules.get(name.rpartition(" ")[2])
    return all(isinstance(getattr(module, n, None), types.ModuleType) or n in NOT_OF_MODULES for n in names)


def _values(found, prefix, space, of, names):
    """What each value of a module is, by ``of(value, named)``: whether code that is reached names it."""
    for name, value in list(space.items()):
        if name not in NOT_OF_MODULES and not isinstance(value, types.ModuleType):
            found[f"{prefix}: {name}"] = _fingerprint(found, f"{prefix}: {name}", value, functools.partial(of, named=name in names), set())


def _fingerprint(found, path, value, of, seen):
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
        if identity(value) not in seen and not (seen and kinds.trusted(value)):
            seen.add(identity(value))
            for name, item in list(vars(value).items()):
                if name not in _OF_EVERY_CLASS:
                    found[f"{path}.{name}"] = _of_class(found, f"{path}.{name}", getattr(item, "__func__", item), of, seen)
        return identity(value)
    return of(value)


def _of_class(found, path, value, of, seen):
    """What an attribute of a class is; that of a class inside of it, with its own attributes."""
    return identity(value) if isinstance(value, property) else _fingerprint(found, path, value, of, seen)


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


def _digest(value, named=True):
    """Text that is the same for the same content. What is large is looked through only where code that is reached names it."""
    try:
        if type(value) not in _SIZED or len(value) <= _NODES:
            return trees.digest(value, nodes=_NODES, drain=0)
    except trees.TooLarge:
        pass
    except Exception:
        return _size(value)
    try:
        return bulk.digest(value) if named else _size(value)
    except bulk.TooLarge:
        return f"too large to tell ({next(_TOLD)})"


def _size(value):
    try:
        return type(value).__name__, identity(value), len(value) if hasattr(type(value), "__len__") else None
    except Exception:
        return type(value).__name__, identity(value)
