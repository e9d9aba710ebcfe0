"""Stored arguments read back as data. Who recorded a call is not who makes it again: what is named there runs here."""

from __future__ import annotations

import importlib
import io
import marshal
import pickle
import threading
import types

# What makes code of text or reaches the interpreter. Of the first modules classes are data: ``os.stat_result``, ``signal.Signals``.
_REACHING = {"os", "posix", "sys", "subprocess", "importlib", "_frozen_importlib", "gc", "inspect", "marshal", "shutil", "socket", "_socket",
             "signal", "_signal", "threading", "_thread"}
_RUNNING = {"runpy", "code", "codeop", "ctypes", "_ctypes", "multiprocessing", "_multiprocessing", "pty", "pickle", "_pickle"}
_BUILTINS = {"eval", "exec", "compile", "__import__", "open", "input", "breakpoint", "globals", "locals", "vars", "setattr", "delattr"}
_STORED = (importlib.import_module, marshal.loads, threading.Lock, threading.RLock)  # named by the reducers of ``serial``


class Unserialisable(Exception):
    """The value cannot be stored; the message says which part of it."""


def loads(data: bytes) -> object:
    """Raises ``Unserialisable`` for what names a way to run code: who recorded the call is not who makes it again."""
    return _Unpickler(io.BytesIO(data)).load()


def loads_plain(data: bytes) -> object:
    """The same of numbers, strings and containers, which name nothing."""
    return _PlainUnpickler(io.BytesIO(data)).load()


def _refuse_running(found):
    module, name = getattr(found, "__module__", None), getattr(found, "__name__", None)
    top = module.partition(".")[0] if isinstance(module, str) else ""
    if any(found is stored for stored in _STORED):
        return found
    if (top in _RUNNING or isinstance(found, types.ModuleType) or found is types.FunctionType or found is types.CodeType
            or top in ("builtins", "io", "_io") and name in _BUILTINS or (module, name) == ("subprocess", "Popen")
            or top in _REACHING and callable(found) and not isinstance(found, type)):
        raise Unserialisable(f"{module}.{name}, which reaches the interpreter")
    return found


def _attribute(*arguments):
    """``getattr``, by which methods are stored."""
    return _refuse_running(getattr(*arguments))


class _Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        found = super().find_class(module, name)
        return _attribute if found is getattr else _refuse_running(found)


class _PlainUnpickler(pickle.Unpickler):
    def find_class(self, module, name):
        raise Unserialisable(f"{module}.{name}, where only plain values are stored")
