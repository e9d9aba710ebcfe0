"""What a value really is: its class, attributes and methods, read below every hook that the value's class could define.

A class may lie about itself (``__class__``, ``__module__``, ``__qualname__``, a metaclass) and compute what is asked of it
(``__dict__``, properties, ``__getattribute__``). So types are taken from ``type()``, and all else from the descriptors of
``type`` and ``object`` themselves. A class counts as the module's only when it existed before the call.
"""

from __future__ import annotations

import os
import re
import sys
import types
from collections.abc import Mapping

from ..functions import loading
from ..functions.targets import WORK

# Which object it is, as ``id`` tells, which also tells every audit hook there is: asked of each part of a value, that takes half the time.
identity = object.__hash__
_MRO, _SPACE, _MODULE, _QUALIFIED, _DICT_OFFSET, _FLAGS = (
    type.__dict__[name].__get__ for name in ("__mro__", "__dict__", "__module__", "__qualname__", "__dictoffset__", "__flags__"))
_DICT_DESCRIPTORS = frozenset(map(identity, (types.GetSetDescriptorType, types.MemberDescriptorType)))
NOT_OF_MODULES = frozenset(("__builtins__", "__warningregistry__", "__cached__", "__spec__", "__loader__"))  # names that are no data
SCALARS = frozenset(map(identity, (type(None), bool, int, float, str)))
# Where Linux puts the data of programs on x86-64 and arm64, and the heap of one that is not loaded anywhere else.
_PLAUSIBLE = ((0x10_0000, 0x1_0000_0000), (0x5500_0000_0000, 0x8000_0000_0000), (0xAAAA_0000_0000, 0x1_0000_0000_0000))
_mapped = []
elsewhere = False  # whether texts come from other processes, whose addresses are not known here
_RANDOM_NAME = re.compile(r"tmp[a-z0-9_]{8}")
_ADDRESS = re.compile(r"(?<= at )0x[0-9a-fA-F]{6,16}\b")
_known = {}  # label of a class by its id
_kept = []  # keeps the ids of known classes theirs
_modules = set()
_trusted = {}  # by the id of a known class
_METHODS = (types.FunctionType, property, staticmethod, classmethod)
_HEAP_TYPE = 1 << 9  # a flag of classes that were made by a class statement
_readers = {}


class Hidden(Exception):
    """The class of the value keeps its attributes from being read."""


def remember(again: bool = False) -> None:
    """Notes every class there is: what is not among them later was made by a call. To be called before code under review runs."""
    if _kept and not again:
        return
    waiting, seen = [object], set()
    while waiting:
        kind = waiting.pop()
        if identity(kind) in seen:
            continue
        seen.add(identity(kind))
        waiting.extend(type.__subclasses__(kind))
        note(kind)
    _modules.update(sys.modules)


def note(kind: type) -> None:
    """Counts one class as there before the call: one that stored arguments are made of."""
    if identity(kind) not in _known:
        _known[identity(kind)] = name_of(kind)
        _kept.append(kind)


def label(kind: type) -> str | None:
    """The name of a class that is the module's own; None for one that was made inside a call."""
    found = _known.get(identity(kind))
    if found is None and text_of(_MODULE(kind)) not in _modules and lookup(_MODULE(kind), _QUALIFIED(kind)) is kind:
        note(kind)  # of a module that the call imported
        return _known[identity(kind)]
    return found


def name_of(kind: type) -> str:
    module, name = text_of(_MODULE(kind)), text_of(_QUALIFIED(kind))
    return f"{module}.{name}" if module != "builtins" else name


def order_of(kind: type) -> tuple[type, ...]:
    """The real method resolution order."""
    return _MRO(kind)


def space(kind: type) -> Mapping[str, object]:
    """The real namespace of a class."""
    return _SPACE(kind)


def is_a(kind: type, base: type) -> bool:
    return any(one is base for one in _MRO(kind))


def find(kind: type, name: str) -> tuple[type | None, object]:
    """``(owner, attribute)`` as the interpreter finds a special method, or ``(None, None)``."""
    for owner in _MRO(kind):
        attribute = _SPACE(owner).get(name, _MISSING)
        if attribute is not _MISSING:
            return owner, attribute
    return None, None


def trusted(kind: type) -> bool:
    """Whether a class is of the interpreter or of an installed library: its own code is nobody's under review.

    What a class says of its module is not believed: it has to be found there, and none of its methods lies in the repository.
    """
    if label(kind) is None:
        return False
    if identity(kind) not in _trusted:
        _trusted[identity(kind)] = not _FLAGS(kind) & _HEAP_TYPE or (_is_found(kind) and not any(map(_lies_inside, _SPACE(kind).values())))
    return _trusted[identity(kind)]


def _is_found(kind):
    """Whether a class is what its module, which is not one of the repository, holds under its name."""
    name = text_of(_MODULE(kind))
    found = sys.modules.get(name)
    file = dict.get(getattr(found, "__dict__", {}), "__file__")
    if found is None or name == "__main__" or (isinstance(file, str) and _is_inside(file)):
        return False
    for part in text_of(_QUALIFIED(kind)).split("."):
        space = getattr(found, "__dict__", None) if type(found) is types.ModuleType else None
        found = _SPACE(found).get(part) if issubclass(type(found), type) else dict.get(space, part) if type(space) is dict else None
    return found is kind


def _lies_inside(member):
    for each in (member, *(getattr(member, name, None) for name in ("fget", "fset", "__func__"))) if type(member) in _METHODS else ():
        if isinstance(each, types.FunctionType) and _is_inside(each.__code__.co_filename):
            return True
    return False


def _is_inside(file):
    return os.path.realpath(file).startswith(os.path.realpath(WORK) + os.sep)


def attributes(value: object) -> dict:
    """Instance attributes and slots by name. Raises ``Hidden``."""
    kind = type(value)
    _, stored, slots = _readers.get(identity(kind)) or _reader(kind)
    found = {} if stored is None else dict.copy(stored(value) or {})
    for name, slot in slots:
        try:
            found.setdefault(name, slot(value))
        except AttributeError:
            continue
    return found


def _reader(kind):
    """The class, what reads its instances' attributes, and what reads their slots."""
    stored, slots = None, []
    for owner in _MRO(kind):
        own = _SPACE(owner)
        descriptor = own.get("__dict__")
        if stored is None and identity(type(descriptor)) in _DICT_DESCRIPTORS and descriptor.__objclass__ is owner:
            stored = descriptor.__get__
        if "__slots__" in own:
            slots.extend((name, slot.__get__) for name, slot in own.items() if type(slot) is types.MemberDescriptorType and slot.__objclass__ is owner)
    if stored is None and _DICT_OFFSET(kind):
        raise Hidden
    _readers[identity(kind)] = kind, stored, slots
    return _readers[identity(kind)]


def is_loaded(name: str, module: object) -> bool:
    return sys.modules.get(name) is module


def lookup(module: object, qualified: object) -> object:
    """What stands in a loaded module under a qualified name, or None."""
    found = sys.modules.get(text_of(module))
    parts = text_of(qualified).split(".")
    if type(found) is not types.ModuleType:
        return None
    found = vars(found).get(parts[0])
    for part in parts[1:]:
        if not is_a(type(found), type):
            return None
        found = _SPACE(found).get(part)
    return found


def stands(function: types.FunctionType) -> bool:
    """Whether a function is the one that its module holds under its name, be it under decorators."""
    if loading.is_target(function):
        return True
    found = lookup(function.__module__, function.__qualname__)
    for _ in range(20):
        if found is function:
            return True
        if type(found) in (staticmethod, classmethod):
            found = found.__func__
        elif type(found) is property:
            if found.fset is function or found.fdel is function:
                return True
            found = found.fget
        elif type(found) is types.FunctionType:
            found = found.__dict__.get("__wrapped__")
        else:
            return False
    return False


def text_of(value: object) -> str:
    """A string without the class that it may be of; empty for anything else."""
    return str.__str__(value) if is_a(type(value), str) else ""


def without_random_names(text: str) -> str:
    """A text with the names of temporary files blanked, which are other ones each time."""
    return _RANDOM_NAME.sub("tmp*", text)


def without_addresses(text: str) -> str:
    """A text without the addresses of objects in it, which are others in every process. Any other number after ``at`` is left alone."""
    return _ADDRESS.sub(_without_address, text) if "0x" in text else text


def _without_address(match):
    number = int(match[0], 16)
    if not any(low <= number < high for low, high in _PLAUSIBLE):
        return match[0]
    return "0x…" if elsewhere or _holds_data(number) else match[0]


def _holds_data(address):
    """Whether this process keeps data there."""
    if not any(low <= address < high for low, high in _mapped):
        with open("/proc/self/maps") as maps:
            lines = [line.split(None, 2) for line in maps]
        _mapped[:] = [tuple(int(end, 16) for end in places.split("-")) for places, access, _ in lines if access[1] == "w"]
    return any(low <= address < high for low, high in _mapped)


_MISSING = object()
