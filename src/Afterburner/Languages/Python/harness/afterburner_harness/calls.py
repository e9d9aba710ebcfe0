"""Recorded calls: arguments in and out of their stored form, and making a call again from them.

A recorded call is ``{"id", "test", "seconds", "shape", "scale", "blob"}``; the blob holds the arguments by parameter
name, as ``locals()`` had them at the function's first statement, and the import paths their classes were found by.
"""

import base64
import os
import pickle
import select
import signal
import sys
import time
import types

from . import kinds, loading, serial, unpickling
from .iterators import Drained, drain, is_iterator

ITEMS = 3_000
_NEW = "__ab_new__"
_VARIADIC, _KEYWORDS, _COROUTINE, _ASYNC_GENERATOR = 0x04, 0x08, 0x80, 0x200  # flags of code objects


def encode(arguments, function=None, seconds=5.0):
    """The blob of a call that is about to run.

    A generator among the arguments is read to its end in a forked child, so the running call still has it.

    Raises ``Unserialisable``.
    """
    arguments = parameters(function, arguments) if function is not None else dict(arguments)
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


def decode(blob):
    """Fresh arguments by parameter name. The object of an ``__init__`` call is made by its class's ``__new__``."""
    return decode_bytes(base64.b64decode(blob))


def decode_bytes(data):
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
    return arguments


def encode_again(blob, arguments):
    """The blob of a call like a recorded one, with other arguments. Uses up generators among them."""
    header = unpickling.loads_plain(base64.b64decode(blob))
    recorded = unpickling.loads(header["arguments"])
    again = {name: recorded[name] if _is_new(recorded[name]) else value for name, value in arguments.items()}
    header["arguments"] = serial.dumps(again, consume=True)
    return base64.b64encode(pickle.dumps(header, pickle.HIGHEST_PROTOCOL)).decode("ascii")


def module_of(blob):
    """Name that the function's module had when the call was recorded, or None."""
    return unpickling.loads_plain(base64.b64decode(blob))["module"]


def parameters(function, local_variables):
    """Of a frame's first locals, those that are parameters; cells of closures are not."""
    code = function.__code__
    count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & _VARIADIC) + bool(code.co_flags & _KEYWORDS)
    return {name: local_variables[name] for name in code.co_varnames[:count] if name in local_variables}


def bind(function, arguments):
    """``(args, kwargs)`` that hand the arguments to the function as its caller did."""
    code = function.__code__
    names = code.co_varnames
    positional = names[: code.co_argcount]
    keyword = names[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    rest = code.co_argcount + code.co_kwonlyargcount
    args = [arguments[name] for name in positional]
    kwargs = {name: arguments[name] for name in keyword}
    if code.co_flags & _VARIADIC:
        args.extend(arguments[names[rest]])
        rest += 1
    if code.co_flags & _KEYWORDS:
        kwargs.update(arguments[names[rest]])
    return args, kwargs


def invoke(function, arguments, limit=ITEMS):
    """Makes a call to its end: coroutines are run, iterators read up to ``limit`` items. Exceptions pass through."""
    args, kwargs = bind(function, arguments)
    return finish(function(*args, **kwargs), limit)


def finish(value, limit=ITEMS):
    """What a call comes to: coroutines are run to completion, iterators drained."""
    if isinstance(value, types.CoroutineType):
        value = _event_loop().run(value)
    if isinstance(value, types.AsyncGeneratorType):
        return _event_loop().run(_drain_async(value, limit))
    return drain(value, limit) if is_iterator(value) else value


def prepare(function):
    """Imports what calls of the function will need, so that the import is not part of what they cost, and notes which classes there are."""
    if function.__code__.co_flags & (_COROUTINE | _ASYNC_GENERATOR):
        _event_loop()
    kinds.remember()


def _event_loop():
    """Imported when needed: it takes as long as the rest of the harness, and most functions are not asynchronous."""
    import asyncio

    return asyncio


async def _drain_async(generator, limit):
    items = []
    try:
        async for item in generator:
            items.append(item)
            if len(items) >= limit:
                await generator.aclose()
                return Drained(items, False)
    except Exception as error:
        return Drained(items, True, error=error)
    return Drained(items, True)


def _is_new(value):
    return type(value) is tuple and len(value) == 2 and type(value[0]) is str and value[0] == _NEW


def _inside_work(path):
    path = os.path.realpath(path)
    return path == os.path.realpath(loading.WORK) or path.startswith(os.path.realpath(loading.WORK) + os.sep)


def _dumps_aside(arguments, seconds):
    """Stores the arguments in a forked child, which may use up its copies of generators."""
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
    data, status = collect(child, reader, seconds)
    if status != 0 or not data:
        raise unpickling.Unserialisable("a generator that cannot be read to its end and stored")
    return data


def collect(child, reader, seconds, limit=256 << 20):
    """All a forked child writes, and its wait status; the child is killed at the time or size limit (status -1, -2)."""
    chunks, total, end = [], 0, time.monotonic() + seconds
    killed = 0
    try:
        while True:
            ready, _, _ = select.select([reader], [], [], max(0.0, end - time.monotonic()))
            chunk = os.read(reader, 1 << 20) if ready else None
            if not chunk:
                killed = 0 if ready else -1
                break
            total += len(chunk)
            chunks.append(chunk)
            if total > limit:
                killed = -2
                break
    finally:
        os.close(reader)
        if killed:
            os.kill(child, signal.SIGKILL)
        status = _wait(child, end)
    return b"".join(chunks), killed or status


def _wait(child, end):
    """Waits for a child that closed its pipe; one that lingers (a thread, an exit handler) is killed."""
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            return os.waitpid(child, 0)[1]
        time.sleep(0.0005)
