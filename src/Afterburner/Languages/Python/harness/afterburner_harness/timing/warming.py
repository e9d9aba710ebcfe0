"""Brings a child to where only its calls take time: its code is specialised, its pages are its own, and there is memory for what it will make.

After a fork each page is copied when it is first written to, and the system gives new memory page by page. That takes half a microsecond or
more, on some virtual machines twenty, wherever it falls: by the way the heap of a process happens to lie, to one version and not to the other.
"""

from __future__ import annotations

from contextlib import suppress
from time import thread_time_ns  # now: code under review may put another function in its place

from ..calls import making, stored
from . import frames
from .commands import run
from .encoders import ENCODERS, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .version import Version

LEAST, MOST_REPEATS = 16, 32  # calls after which the interpreter has specialised their code
LEAST_NS, MOST_NS = 2_000_000, 20_000_000  # CPU time
AGAIN_NS = 1_000_000  # CPU time after which nothing more is begun
MOST_ROOM = 4 << 20  # each half
_OF_HEAP, _OF_POOL = 65_000, 512  # bytes: the interpreter has other places for what is larger than the latter
_KEPT = 500  # of so many small objects one stays, so that their memory is not given back
_MAPPED = 4 << 20  # bytes of one object, which the C library gives back to the system; it keeps what is no larger from then on


def warm_up(version: Version, encoder: str, changed: bool) -> None:
    """Goes the way of a sample with a call of its own, then makes the version's calls that are not timed."""
    for blob in version.like:
        with suppress(Exception):
            stored.decode(blob)
    _sample(_given, making.Arguments({"value": ["", 0]}), encoder, changed)
    start, made = thread_time_ns(), 0
    for _ in range(MOST_REPEATS):
        for blob in version.warm:
            with suppress(BaseException):
                if made == 0:
                    _sample(version.function, stored.decode(blob), encoder, changed)
                else:
                    run(version.function, [stored.decode(blob)])
            made += 1
            took = thread_time_ns() - start
            if took > MOST_NS or (took > LEAST_NS and made >= LEAST):
                return


def warm_again(version: Version, encoder: str, changed: bool) -> None:
    """Brings back what the core had of it: the other version was prepared, or asked, in between, and who had waited for that was some percent slower."""
    start = thread_time_ns()
    _sample(_given, making.Arguments({"value": ["", 0]}), encoder, changed)
    for blob in [*version.like, *version.warm]:
        with suppress(BaseException):
            arguments = stored.decode(blob)
            if blob in version.warm:
                _sample(version.function, arguments, encoder, changed)
        if thread_time_ns() - start > AGAIN_NS:
            return


def _sample(function, arguments, encoder, changed):
    answers = run(function, [arguments])
    frames.pack([ENCODERS[encoder](shown(answer, arguments, changed)) for answer in answers])


def _given(value):
    return value


class Room:
    """Memory for ``size`` bytes of objects, as far as that is sensible, which the system has given. Taken until ``clear``, and free after that."""

    def __init__(self, size: int):
        self._heap, self._small, self._kept = [], [], []
        size = min(size, MOST_ROOM)
        if size <= 0:
            return
        bytes(_MAPPED)
        self._heap = [b"x" * _OF_HEAP for _ in range(size // _OF_HEAP + 1)]
        self._kept = [b"y" * (_OF_POOL * 4)]  # the end of the heap: what is free below it stays
        self._small = [bytes(_OF_POOL - 34) for _ in range(size // _OF_POOL)]

    @property
    def taken(self) -> int:
        """Bytes that nothing else gets."""
        return sum(map(len, [*self._heap, *self._small, *self._kept]))

    def clear(self) -> None:
        self._kept += self._small[::_KEPT]
        self._heap, self._small = [], []
