"""Recorded calls: their arguments, in and out of the stored form.

A recorded call is ``{"id", "test", "seconds", "shape", "scale", "blob"}``; the blob holds the arguments by parameter
name, as ``locals()`` had them at the function's first statement, and the import paths their classes were found by.
"""

from __future__ import annotations

import base64
import os
import pickle
import sys
import types

from ..comparing import kinds
from ..functions.targets import WORK
from . import making, serial, unpickling

_NEW = "__ab_new__"


def encode(arguments: dict, function: types.FunctionType | None = None, seconds: float = 5.0) -> str:
    """The blob of a call that is about to run.

    A generator among the arguments is read to its end in a forked child, so the running call still has it.

    Raises ``Unserialisable``.
    """
    arguments = making.parameters(function, arguments) if function is not None else dict(arguments)
    arguments.pop("__class__", None)
    if function is not None and function.__name__ == "__init__" and arguments:
        first = next(iter(arguments))
        # Half-built objects cannot be stored: keep the type, make the object again.
        arguments[first] = (_NEW, type(arguments[first]))
    try:
        payload = serial.dumps(arguments)
    except serial.Consumes:
        payload = _dumps_aside(arguments, seconds)
    header = {
        "paths": [p for p in sys.path if isinstance(p, str) and _inside_work(p)],
        "module": getattr(function, "__module__", None),
        "arguments": payload,
    }
    return base64.b64encode(pickle.dumps(header, pickle.HIGHEST_PROTOCOL)).decode("ascii")


def decode(blob: str) -> dict:
    """Fresh arguments by parameter name, as ``making.Arguments``. The object of an ``__init__`` call is made by its class's ``__new__``."""
    return decode_bytes(base64.b64decode(blob))


def decode_bytes(data: bytes) -> dict:
    """The same for a blob that is not in base64."""
    header = unpickling.loads_plain(data)
    for path in header["paths"]:
        if path not in sys.path:
            sys.path.append(path)
    arguments = unpickling.loads(header["arguments"])
    for name, value in arguments.items():
        if _is_new(value):
            arguments[name] = value[1].__new__(value[1])
        break
    kinds.remember()
    return making.Arguments(arguments, header.get("most"))


def encode_again(blob: str, arguments: dict) -> str:
    """The blob of a call like a recorded one, with other arguments. Uses up generators among them."""
    header = unpickling.loads_plain(base64.b64decode(blob))
    recorded = unpickling.loads(header["arguments"])
    again = {name: recorded[name] if _is_new(recorded[name]) else value for name, value in arguments.items()}
    header["arguments"] = serial.dumps(again, consume=True)
    most = getattr(arguments, "most", making.ITEMS)
    if most < making.FEW:
        header["most"] = most
    return base64.b64encode(pickle.dumps(header, pickle.HIGHEST_PROTOCOL)).decode("ascii")


def shortened(blob: str) -> str:
    """The blob of the same call, of whose iterator only the first items are read: it has no end, or none that can be waited for."""
    header = unpickling.loads_plain(base64.b64decode(blob))
    return base64.b64encode(pickle.dumps({**header, "most": making.FEW}, pickle.HIGHEST_PROTOCOL)).decode("ascii")


def module_of(blob: str) -> str | None:
    """Name that the function's module had when the call was recorded, or None."""
    return unpickling.loads_plain(base64.b64decode(blob))["module"]


def _is_new(value):
    return type(value) is tuple and len(value) == 2 and type(value[0]) is str and value[0] == _NEW


def _inside_work(path):
    path = os.path.realpath(path)
    return path == os.path.realpath(WORK) or path.startswith(os.path.realpath(WORK) + os.sep)


def _dumps_aside(arguments, seconds):
    """Stores the arguments in a forked child, which may use up its copies of generators."""
    from . import children  # here, because a process that only makes calls starts sooner without it

    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            with os.fdopen(writer, "wb") as pipe:
                pipe.write(serial.dumps(arguments, consume=True))
        except BaseException:
            os._exit(1)
        finally:
            os._exit(0)
    os.close(writer)
    data, status = children.collect(child, reader, seconds)
    if status != 0 or not data:
        raise unpickling.Unserialisable("a generator that cannot be read to its end and stored")
    return data
