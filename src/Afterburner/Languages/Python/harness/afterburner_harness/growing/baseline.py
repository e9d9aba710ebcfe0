"""What the baseline does on calls while larger ones are made: each call in a child of its own."""

from __future__ import annotations

import types
from time import thread_time  # now: code under review may put others in their place

from ..calls import aside, making, stored
from ..calls.replay import observe, outcome
from ..comparing import trees

_QUICK = 0.001  # seconds below which an interruption looks like growth
_GROWTH = 1.5


class Baseline:
    """The function as it is."""

    def __init__(self, function: types.FunctionType, budget: float, channel: int):
        self._function = function
        self._patience = max(1.0, budget * 20)
        self._channel = channel

    def observe(self, blob: str) -> dict | None:
        """What it does on a call, and the CPU seconds of making it again: the first one in a new process pays
        for the process. CPU time, because on a busy machine the clock on the wall would make growth out of noise; of the
        thread, because that of a process moves in steps of 4 ms once a limit is set on it."""

        def work():
            seen = observe(self._function, stored.decode(blob))["seen"]
            raised = seen["parts"]["list"][0].get("exception") if seen["way"] == "raise" else None
            digest = trees.digest_tree(seen)
            seconds, _ = self.timed(stored.decode(blob))
            if seconds < _QUICK:
                seconds = min(seconds, self.timed(stored.decode(blob))[0])
            return {"seconds": seconds, "digest": digest, "raised": raised}

        ended = aside.run(work, self._patience, self._channel)
        return ended.answer if ended.end == "done" else None

    def observe_twice(self, blob: str) -> dict | None:
        """The same of a call that can be made twice, with the smaller time."""
        seen = self.observe(blob)
        again = seen and self.observe(blob)
        return again and {**seen, "seconds": min(seen["seconds"], again["seconds"])}

    def timed(self, arguments: dict) -> tuple[float, str]:
        """CPU seconds of a call that is made in this process, and whether it returned or raised."""
        making.steady()
        start = thread_time()
        way, _ = outcome(self._function, arguments, making.ITEMS)
        return thread_time() - start, way


def slower(seconds: float, before: float) -> bool:
    """Clearly: differences of a few microseconds say nothing."""
    return seconds >= before * _GROWTH and seconds - before >= 20e-6
