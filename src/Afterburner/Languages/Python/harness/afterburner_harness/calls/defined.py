"""Functions and classes as they are stored where no import finds them: by their code and by what they hold."""

from __future__ import annotations

import builtins
import collections
import importlib
import marshal
import sys
import types

from ..comparing import kinds
from .unpickling import Unserialisable

_HEAP_TYPE = 1 << 9  # made by a class statement
_VALUES_ONLY = 2  # of marshal: later versions write which objects are shared, which depends on who else holds them
_LINES = "co_linetable" if sys.version_info >= (3, 10) else "co_lnotab"


def reduced_function(value: types.FunctionType, placed: bool = True) -> object:
    """``placed``: with the lines that it stands in."""
    if _importable(value):
        return NotImplemented
    cells = [cell_contents(cell) for cell in value.__closure__ or ()]
    state = value.__defaults__, value.__kwdefaults__, cells, dict(value.__dict__)
    recipe = code_bytes(value.__code__, placed), value.__module__, value.__name__, value.__qualname__, len(cells)
    return _make_function, recipe, state, None, None, _fill_function


def code_bytes(code: types.CodeType, placed: bool = True) -> bytes:
    return marshal.dumps(code if placed else _anywhere(code), _VALUES_ONLY)


def _anywhere(code):
    constants = tuple(_anywhere(constant) if type(constant) is types.CodeType else constant for constant in code.co_consts)
    return code.replace(co_firstlineno=1, co_filename="", co_consts=constants, **{_LINES: b""})


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


def cell_contents(cell: types.CellType) -> tuple | None:
    try:
        return (cell.cell_contents,)
    except ValueError:
        return None


def reduced_class(value: type) -> object:
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


def _importable(value):
    found = sys.modules.get(value.__module__)
    for part in value.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is value
