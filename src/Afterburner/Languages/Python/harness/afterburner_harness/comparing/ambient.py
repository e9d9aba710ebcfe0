"""What belongs to the whole process and can be read cheaply, before a call and after it: who calls next finds it as it was left.

All values are such that they are the same in every process: plain ones, and the names of functions.
"""

from __future__ import annotations

import _signal  # of numbers: the module over it makes names of them, of which there are many
import builtins
import gc
import hashlib
import locale
import logging
import os
import random
import sys
import threading
import time
import types
import warnings

from . import reach, trees

_CONTEXT = ("prec", "rounding", "Emin", "Emax", "capitals", "clamp", "traps")
_HOOKS = ("excepthook", "displayhook", "unraisablehook", "breakpointhook", "stdin", "stdout", "stderr")
_BUILTINS = ("__import__", "open", "print", "input", "len", "sorted", "sum", "min", "max", "isinstance")
_TABLES = (dict, list, set)
_SIGNALS = sorted(_signal.valid_signals())
_NODES, _LONGEST = 20_000, 120


class Ambient:
    """Read when it is made; ``changed`` reads again."""

    def __init__(self, function: types.FunctionType):
        self._readers = {**_READERS, **{f"{module.__name__}.{name}": _digester(module, name) for module, name in _tables(function)}}
        self._before = self._read()

    def changed(self) -> list[str]:
        """Texts: what is something else now."""
        after = self._read()
        return [f"{name}: {_shown(value)}" for name, value in after.items() if value != self._before[name]]

    def _read(self):
        return {name: _value(reader) for name, reader in self._readers.items()}


def _value(reader):
    try:
        return reader()
    except Exception as error:
        return type(error).__name__


def _shown(value):
    text = repr(value)
    return text if len(text) <= _LONGEST else hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _who(value):
    """A name for a handler or a hook that is the same in every process."""
    if value is None or isinstance(value, (int, str)):
        return value if value is None else f"{value}"
    named = value if hasattr(value, "__qualname__") else type(value)
    return f"{named.__module__}.{named.__qualname__}"


def _numpy():
    module = sys.modules.get("numpy")
    if module is None:
        return None
    name, keys, *rest = module.random.get_state()
    return name, keys.tobytes(), rest


def _decimal():
    module = sys.modules.get("decimal")
    if module is None:
        return None
    context = module.getcontext()
    return [sorted(_who(s) for s, on in value.items() if on) if name == "traps" else value for name in _CONTEXT for value in (getattr(context, name),)]


def _umask():
    mask = os.umask(0o77)
    os.umask(mask)
    return mask


def _socket():
    module = sys.modules.get("socket")
    return None if module is None else module.getdefaulttimeout()


def _signals():
    return [(number, _who(_signal.getsignal(number))) for number in _SIGNALS], sorted(_signal.pthread_sigmask(_signal.SIG_BLOCK, ()))


def _loggers():
    """Of those that say anything: to ask for one by name makes one, and changes nothing."""
    known = [logging.root, *(each for each in list(logging.root.manager.loggerDict.values()) if isinstance(each, logging.Logger))]
    told = [
        (each.name, each.level, each.disabled, each.propagate, [(_who(handler), handler.level) for handler in each.handlers], len(each.filters))
        for each in known]
    return logging.root.manager.disable, sorted(each for each in told if each[1:] != (0, False, True, [], 0))


def _warnings():
    return [
        (action, getattr(message, "pattern", message), category.__name__, getattr(module, "pattern", module), line)
        for action, message, category, module, line in warnings.filters]


def _hooks():
    found = {name: _who(getattr(sys, name, None)) for name in _HOOKS}
    found.update((name, _who(getattr(builtins, name, None))) for name in _BUILTINS)
    return {**found, "threads": _who(threading.excepthook), "warnings": _who(warnings.showwarning)}


_READERS = {
    "random": random.getstate,
    "numpy.random": _numpy,
    "decimal": _decimal,
    "umask": _umask,
    "recursion limit": sys.getrecursionlimit,
    "switch interval": sys.getswitchinterval,
    "digits of a number": lambda: getattr(sys, "get_int_max_str_digits", int)(),
    "socket timeout": _socket,
    "signals": _signals,
    "loggers": _loggers,
    "warnings": _warnings,
    "hooks": _hooks,
    "sys.path": lambda: list(map(str, sys.path)),
    "folder": os.getcwd,
    "locale": lambda: locale.setlocale(locale.LC_ALL),
    "time zone": lambda: time.tzname,
    "collector": lambda: (gc.isenabled(), gc.get_threshold(), gc.get_debug()),
    "size of stacks": threading.stack_size,
}


def _tables(function):
    """``(module, name)`` of tables in modules, not the repository's own, that a function names."""
    named = reach.names_of(function.__code__)
    modules = [each for each in map(function.__globals__.get, named) if isinstance(each, types.ModuleType)]
    modules += [sys.modules[name] for name in named if name in sys.modules]
    for module in {each.__name__: each for each in modules}.values():
        if module in (os, sys) or reach.of_repository(vars(module)):
            continue
        for name, value in sorted(vars(module).items()):
            if type(value) in _TABLES and not name.startswith("_") and "cache" not in name.lower():
                yield module, name


def _digester(module, name):
    return lambda: trees.digest(getattr(module, name), nodes=_NODES, drain=0)
