"""Where the code of a function leads by name: other functions and modules of the repository, and objects that are there before a call.

Whatever a call changes or gives out it has from its arguments, or from a name that its own code or code that this calls holds.
"""

from __future__ import annotations

import builtins
import functools
import gc
import os
import types
from collections.abc import Iterable

from ..functions import definitions
from ..functions.targets import WORK
from . import kinds, live, opaque, trees
from .kinds import identity, is_a

_MOST_FUNCTIONS = 2_000
_MOST_OBJECTS = 2_000_000
_ATOMS = kinds.SCALARS | frozenset(map(identity, (bytes, complex, range, types.CodeType)))
_PLAIN = frozenset(map(identity, (list, tuple, dict, set, frozenset)))
_CONTAINERS = (list, tuple, dict, set, frozenset, type({}.keys()), type({}.values()), type({}.items()), types.MethodType, functools.partial)
_LRU = type(functools.lru_cache(len))
_OF_LANGUAGE = frozenset(vars(builtins))
_under_work, _work = {}, os.path.realpath(WORK) + os.sep


class Reached:
    """What the code of some functions names.

    ``names``: theirs, and those of the functions and classes of the repository that these lead to. ``direct``: only their own.
    """

    def __init__(self, functions: list[types.FunctionType], arguments: Iterable = ()):
        self.direct = frozenset().union(*(names_of(function.__code__) for function in functions))
        self.names, self._spaces, self._near, self._functions = set(self.direct), {}, set(), {}
        self._waiting = list(functions)
        for value in arguments:
            self._methods(type(value), self.direct)
        while self._waiting and len(self._functions) < _MOST_FUNCTIONS:
            function = self._waiting.pop()
            if identity(function) not in self._functions:
                self._functions[identity(function)] = function
                self._follow(function, function in functions)

    def leads_to(self, space: dict) -> bool:
        """Whether a module with this namespace is named."""
        return identity(space) in self._spaces

    def names_itself(self, space: dict) -> bool:
        """Whether the functions themselves name the module, not only what they call."""
        return identity(space) in self._near

    def spaces(self) -> Iterable[dict]:
        return self._spaces.values()

    def _follow(self, function, near):
        found, space = names_of(function.__code__), function.__globals__
        self.names |= found
        self._spaces[identity(space)] = space
        for name in found:
            self._value(space.get(name), found, near)
        for cell in function.__closure__ or ():
            self._value(_held(cell), found, near)

    def _value(self, value, found, near):
        value = function_in(value)
        if type(value) is types.ModuleType:
            space = vars(value)
            if not of_repository(space):
                return
            if near:
                self._near.add(identity(space))
            if identity(space) not in self._spaces:
                self._spaces[identity(space)] = space
                for name in found:
                    self._value(space.get(name), found, near)
        elif type(value) is types.FunctionType and of_repository(value.__globals__):
            self._waiting.append(value)
        elif is_a(type(value), type):
            self._methods(value, None)
        else:
            self._methods(type(value), found)

    def _methods(self, kind, named):
        """Methods of a class of the repository; of an object's class only those that are named, and those without a name in code."""
        for owner in kinds.order_of(kind):
            if not kinds.trusted(owner):
                for name, value in kinds.space(owner).items():
                    value = function_in(value)
                    if (named is None or name in named or name.startswith("__")) and type(value) is types.FunctionType and of_repository(value.__globals__):
                        self._waiting.append(value)


class Before:
    """Objects there are before a call whose content cannot be seen.

    ``there``: by id, those that the code does not lead to by name; each is what it was. ``used``: the kind of one that the code can change.
    """

    def __init__(self, functions: list[types.FunctionType], arguments: dict):
        self.there, self.used = {}, None
        self._names = Reached(functions, arguments.values())
        self._opaque, self._later, near = {}, [], list(arguments.values())
        for function in functions:
            near.extend(_kept_by(function))
        for space in self._names.spaces():
            for name, value in space.items():
                if name not in kinds.NOT_OF_MODULES:
                    (near if name in self._names.names else self._later).append(value)
        if len(vars(builtins)) != len(_OF_LANGUAGE):
            self._later.extend(value for name, value in vars(builtins).items() if name not in _OF_LANGUAGE)
        seen = {}
        self._touched = True
        _walk(near, seen, self._look)
        self._touched = False
        _walk(self._later, seen, self._look)

    def _look(self, value):
        if type(value) in (types.ModuleType, types.FunctionType, types.BuiltinFunctionType):
            return ()
        if is_a(type(value), type):
            return self._of_object(() if kinds.trusted(value) else kinds.space(value).items(), ())
        if self._is_opaque(value):
            self.there[identity(value)] = value
            if self._touched:
                self.used = self.used or kinds.name_of(type(value))
        if any(is_a(type(value), kind) for kind in _CONTAINERS):
            return gc.get_referents(value)
        try:
            attributes = kinds.attributes(value)
        except kinds.Hidden:
            attributes = {}
        return self._of_object(attributes.items(), (part for part in gc.get_referents(value) if type(part) is not dict))

    def _of_object(self, attributes, others):
        """What is to be walked on with: of an object that the code leads to, the attributes that it names. The rest comes later."""
        if not self._touched:
            return [*(value for _, value in attributes), *others]
        self._later.extend(others)
        self._later.extend(value for name, value in attributes if name not in self._names.names)
        return [value for name, value in attributes if name in self._names.names]

    def _is_opaque(self, value):
        kind = type(value)
        if identity(kind) not in self._opaque:
            self._opaque[identity(kind)] = kind, opaque.hides(kind) and not live.knows(kind) and trees.is_opaque(value)
        return self._opaque[identity(kind)][1]


def shared(functions: list[types.FunctionType], met: dict[int, object]) -> list[str]:
    """Names of values of modules that are, or hold a part of, what a call gave: whoever changes that changes the module.

    ``met``: all objects that the call gave, by their ids: one that was let go would give its id to the next.
    """
    places = [("defaults", held) for function in functions for held in _kept_by(function)]
    for space in Reached(functions).spaces():
        places.extend((name, value) for name, value in space.items() if name not in kinds.NOT_OF_MODULES)
    if not _hold([value for _, value in places], met):
        return []
    return sorted({name for name, value in places if _hold([value], met)})


def _hold(values, met):
    seen = {}
    _walk(values, seen, _inside)
    return not seen.keys().isdisjoint(met)


def _inside(value):
    """What can be reached through a value without its code being run."""
    function = function_in(value)
    if is_a(type(value), type):
        return () if kinds.trusted(value) else kinds.space(value).values()
    if type(function) is types.FunctionType:
        return [*_kept_by(function), *_bound_to(value)] if of_repository(function.__globals__) else _bound_to(value)
    return () if type(value) in (types.ModuleType, types.BuiltinFunctionType, types.FrameType) else gc.get_referents(value)


def _walk(values, seen, inside):
    """Goes through all that some values lead to, plain containers in bulk. ``seen`` gets each object that is not plain, by its id."""
    while values and len(seen) < _MOST_OBJECTS:
        fresh = {identity(v): v for v in values if identity(type(v)) not in _ATOMS and identity(v) not in seen}
        seen.update(fresh)
        plain = [v for v in fresh.values() if identity(type(v)) in _PLAIN]
        values = gc.get_referents(*plain)
        if len(plain) < len(fresh):
            for value in fresh.values():
                if identity(type(value)) not in _PLAIN:
                    values.extend(inside(value))


def _kept_by(function):
    return [function.__defaults__, function.__kwdefaults__, function.__dict__, *map(_held, function.__closure__ or ())]


def _bound_to(value):
    return [value.__self__] if type(value) is types.MethodType else []


def names_of(code: types.CodeType) -> set[str]:
    """All names in a function and what is defined inside it."""
    return {name for nested in definitions.nested_codes(code) for name in nested.co_names}


def function_in(value: object) -> object:
    """The function under decorators and descriptors, where there is one."""
    for _ in range(20):
        if type(value) in (staticmethod, classmethod):
            value = value.__func__
        elif type(value) is property:
            value = value.fget
        elif type(value) is types.MethodType:
            value = value.__func__
        elif type(value) is _LRU:
            value = value.__wrapped__
        elif type(value) is types.FunctionType and "__wrapped__" in value.__dict__:
            value = value.__dict__["__wrapped__"]
        else:
            break
    return value


def of_repository(space: dict) -> bool:
    """Whether a module with this namespace is of the repository."""
    file = dict.get(space, "__file__")
    if type(file) is not str:
        return False
    if file not in _under_work:
        _under_work[file] = os.path.realpath(file).startswith(_work)
    return _under_work[file]


def _held(cell):
    try:
        return cell.cell_contents
    except ValueError:
        return None
