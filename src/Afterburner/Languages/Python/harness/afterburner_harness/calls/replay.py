"""Makes a recorded call again and writes down all of it that a user could see."""

from __future__ import annotations

import dis
import io
import logging
import os
import signal
import sys
import types
import warnings
from time import perf_counter  # now: code under review may put others in their place

from ..comparing import ambient, descriptors, effects, kinds, outward, reach, trees
from ..functions import loading
from ..functions.targets import WORK, Target
from . import aside, making, stored

PRINTED = 1 << 20
_RAISING = ("RAISE_VARARGS", "RERAISE")
_OF_RECORDS = frozenset((*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"))


def load(target: Target, entry: Target, request: dict) -> types.FunctionType:
    """The function that is called, with target and entry imported under the names they had in the tests."""
    loading.watch([target, entry])
    recorded = [stored.module_of(call["blob"]) for call in request.get("calls", ())[:1]]
    entry_module = recorded[0] if recorded else None
    loading.function(target, request.get("module") or (entry_module if entry == target else None))
    return loading.function(entry, entry_module or request.get("module"))


def ready(function: types.FunctionType) -> None:
    """Finds out now what every look at a call has to know of modules and classes, so that no child has to."""
    functions = _with_targets(function)
    reach.Before(functions, {})
    reach.shared(functions, {})
    ambient.Ambient(function)
    descriptors.ready()


def warm(recorded: list[dict]) -> None:
    """Imports here what the arguments' classes need, so that no child has to. What cannot be decoded is found out later."""
    for call in recorded:
        signal.signal(signal.SIGALRM, _stop)
        signal.setitimer(signal.ITIMER_REAL, 10)
        try:
            stored.decode(call["blob"])
        except Exception:
            continue
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


def _stop(*_):
    raise TimeoutError


def outcome(function: types.FunctionType, arguments: dict) -> tuple[str, object]:
    """``("return", value)`` or ``("raise", exception)``, with coroutines run and iterators read."""
    try:
        return "return", making.invoke(function, arguments)
    except BaseException as error:
        return "raise", error


def observe(function: types.FunctionType, arguments: dict) -> dict:
    """Makes a call and writes down all a user could see of it: as one tree, because values may be shared between parts."""
    functions = _with_targets(function)
    before = reach.Before(functions, arguments)
    if before.used is not None:
        raise aside.Failure("cannot be seen", f"uses a {before.used} whose content cannot be seen, so that it cannot be compared")
    making.steady()
    written, logged = _Written(), _Logged()
    sys.stdout, sys.stderr = _Stream(written, "output"), _Stream(written, "errors")
    logged.listen()
    done, opened = effects.Effects(), descriptors.Descriptors(function)
    told = outward.Outward(opened.spaces)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        around = ambient.Ambient(function)
        with opened, told, done:
            start = perf_counter()
            way, value = outcome(function, arguments)
            seconds = perf_counter() - start
        left = [*told.seen(), *opened.seen(), *around.changed()]
    met, hidden = {}, []
    try:
        seen = {
            "way": way, "parts": trees.freeze([value, dict(arguments)], met=met, there=before.there, hidden=hidden),
            "printed": written.texts(), "logged": logged.records,
            "warned": sorted(f"{w.category.__name__}: {w.message}" for w in warned), "effects": [*done.seen(), *left],
            "shared": reach.shared(functions, met), "raised by": _raised_by(value, function) if way == "raise" else None,
        }
    except trees.TooLarge as error:
        raise aside.Failure("too large", f"left values that are {error}") from error
    finally:
        done.undo()
        opened.undo()
    if hidden:
        name = kinds.name_of(type(hidden[0]))
        raise aside.Failure("cannot be seen", f"left values that cannot be compared: a {name} whose content cannot be seen")
    return {"seconds": seconds, "seen": seen}


def _with_targets(function):
    return [function, *(each for each in loading.all_functions() if each is not function)]


def _raised_by(error, function):
    """"language" where what a line of the function's file does fails by itself, "line" where the line says so, "repository" where a line of another
    file of the repository says so, by an exception of the repository's own, None where it is not one of those."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return None
    code = trace.tb_frame.f_code
    is_raised = dis.opname[code.co_code[trace.tb_lasti]] in _RAISING
    if code.co_filename == function.__code__.co_filename:
        return "line" if is_raised else "language"
    is_own = _is_of_repository(code.co_filename) and _is_of_repository(getattr(sys.modules.get(type(error).__module__), "__file__", None))
    return "repository" if is_raised and is_own else None


def _is_of_repository(file):
    return bool(file) and os.path.realpath(file).startswith(os.path.realpath(WORK) + os.sep)


class _Written:
    """Keeps the start of what is printed, and where to, and counts the rest."""

    def __init__(self):
        self._parts, self._length, self.flushed = [], 0, set()

    def add(self, where, text):
        room = PRINTED - self._length
        self._length += len(text)
        if not text or room <= 0:
            return
        if not self._parts or self._parts[-1][0] != where:
            self._parts.append((where, []))
        self._parts[-1][1].append(text[:room])

    def texts(self):
        """What went to one stream without anything between as one."""
        found = [f"to standard {where}: {trees.without_addresses(''.join(texts))}" for where, texts in self._parts]
        found += [f"flushed standard {where}" for where in sorted(self.flushed)]
        return found if self._length <= PRINTED else [*found, f"{self._length} characters"]


class _Stream(io.StringIO):
    def __init__(self, written, where):
        super().__init__()
        self._written, self._where = written, where

    def write(self, text):
        self._written.add(self._where, text)
        return len(text)

    def flush(self):
        self._written.flushed.add(self._where)


class _Logged:
    """Keeps what is logged, of all levels and loggers: whether anybody listens is not the function's to say."""

    def __init__(self):
        self.records = []

    def listen(self):
        """From now on in this process."""
        logging.Logger.isEnabledFor = lambda logger, level: True
        logging.Logger.handle = lambda logger, record: self._keep(record)

    def _keep(self, record):
        if len(self.records) < 1000:
            try:
                message = record.getMessage()
            except Exception as error:  # its handler would have said so, and gone on
                message = type(error).__name__
            self.records.append(f"{record.name} {record.levelname}: {trees.without_addresses(message + _beside(record))}")


def _beside(record):
    """What a record of a log says beside its message."""
    found = [f"with {type(record.exc_info[1]).__name__}: {record.exc_info[1]}"] if record.exc_info and record.exc_info[1] else []
    found += ["with the stack"] if record.stack_info else []
    extra = {name: value for name, value in vars(record).items() if name not in _OF_RECORDS}
    return "".join(f" [{each}]" for each in [*found, *([f"{effects.shown(extra)}"] if extra else [])])
