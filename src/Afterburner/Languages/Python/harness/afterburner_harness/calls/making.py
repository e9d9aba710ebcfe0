"""Makes calls: arguments by parameter name handed over as the caller did, coroutines run, iterators read."""

from __future__ import annotations

import random
import sys
import types

from ..comparing import kinds
from ..comparing.iterators import Drained, drain, is_iterator

ITEMS = 100_000  # of an iterator that a call returns; one that gives more is read to its first ``FEW``
FEW = 3_000
_SEED = 20250523
_VARIADIC, _KEYWORDS, _COROUTINE, _ASYNC_GENERATOR = 0x04, 0x08, 0x80, 0x200  # flags of code objects


def parameters(function: types.FunctionType, local_variables: dict) -> dict:
    """Of a frame's first locals, those that are parameters; cells of closures are not."""
    code = function.__code__
    count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & _VARIADIC) + bool(code.co_flags & _KEYWORDS)
    return {name: local_variables[name] for name in code.co_varnames[:count] if name in local_variables}


def bind(function: types.FunctionType, arguments: dict) -> tuple[list, dict]:
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


class Arguments(dict):
    """Arguments of a recorded call by parameter name. ``most``: of an iterator that it returns, items that are read."""

    __slots__ = ("most",)

    def __init__(self, arguments: dict, most: int | None = None):
        super().__init__(arguments)
        self.most = most or ITEMS


def invoke(function: types.FunctionType, arguments: dict) -> object:
    """Makes a call to its end: coroutines are run, iterators read as far as the arguments say. Exceptions pass through."""
    args, kwargs = bind(function, arguments)
    return finish(function(*args, **kwargs), getattr(arguments, "most", ITEMS))


def finish(value: object, limit: int = ITEMS) -> object:
    """What a call comes to: coroutines are run to completion, iterators drained."""
    if isinstance(value, types.CoroutineType):
        value = _event_loop().run(value)
    if isinstance(value, types.AsyncGeneratorType):
        return _event_loop().run(_drain_async(value, limit))
    return drain(value, limit) if is_iterator(value) else value


def prepare(function: types.FunctionType) -> None:
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


def steady() -> None:
    """The same random numbers in both versions, so that functions that draw some can be compared."""
    random.seed(_SEED)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(_SEED)
