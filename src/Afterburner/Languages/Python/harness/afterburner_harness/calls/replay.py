"""Makes a recorded call again and writes down all of it that a user could see."""

from __future__ import annotations

import io
import logging
import signal
import sys
import types
import warnings
from time import perf_counter  # now: code under review may put others in their place

from ..comparing import ambient, descriptors, effects, kinds, reach, trees
from ..functions import loading
from ..functions.targets import Target
from . import aside, making, stored

PRINTED = 1 << 20


def load(target: Target, entry: Target, request: dict) -> types.FunctionType:
    """The function that is called, with target and entry imported under the names they had in the tests."""
    loading.watch([target, entry])
    recorded = [stored.module_of(call["blob"]) for call in request.get("calls", ())[:1]]
    entry_module = recorded[0] if recorded else None
    loading.function(target, request.get("module") or (entry_module if entry == target else None))
    return loading.function(entry, entry_module or request.get("module"))


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
    functions = [function, *(each for each in loading.all_functions() if each is not function)]
    before = reach.Before(functions, arguments)
    if before.used is not None:
        raise aside.Failure("cannot be seen", f"uses a {before.used} whose content cannot be seen, so that it cannot be compared")
    making.steady()
    printed, complained, logged = _Printed(), _Printed(), _Logged()
    sys.stdout, sys.stderr = printed, complained
    logged.listen()
    done, opened = effects.Effects(), descriptors.Descriptors(function)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        around = ambient.Ambient(function)
        start = perf_counter()
        with opened, done:
            way, value = outcome(function, arguments)
        seconds = perf_counter() - start
        left = [*opened.seen(), *around.changed()]
    met, hidden = set(), []
    try:
        seen = {
            "way": way, "parts": trees.freeze([value, dict(arguments)], met=met, there=before.there, hidden=hidden),
            "printed": printed.text() + complained.text(), "logged": logged.records,
            "warned": sorted(f"{w.category.__name__}: {w.message}" for w in warned), "effects": [*done.seen(), *left],
            "shared": reach.shared(functions, met),
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


class _Printed(io.StringIO):
    """Keeps the start of what is printed and counts the rest."""

    def __init__(self):
        super().__init__()
        self._length = 0

    def write(self, text):
        room = PRINTED - self._length
        self._length += len(text)
        if room > 0:
            super().write(text[:room])
        return len(text)

    def text(self):
        text = trees.without_addresses(self.getvalue())
        return text if self._length <= PRINTED else f"{text}… {self._length} characters"


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
            self.records.append(f"{record.name} {record.levelname}: {trees.without_addresses(message)}")
