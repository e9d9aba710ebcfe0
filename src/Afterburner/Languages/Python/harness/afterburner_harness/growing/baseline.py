"""What the baseline does on calls while larger ones are made: each call in a child of its own."""

from __future__ import annotations

import types
from time import thread_time  # now: code under review may put others in their place

from ..calls import aside, making, stored
from ..calls.replay import observe, outcome
from ..comparing import trees
from ..comparing.iterators import Drained

_QUICK = 0.001  # seconds below which an interruption looks like growth
_GROWTH = 1.5
_PLAIN = ("KeyError", "IndexError", "ValueError", "TypeError", "AttributeError", "ZeroDivisionError", "StopIteration", "UnboundLocalError")


class Baseline:
    """The function as it is."""

    def __init__(self, function: types.FunctionType, budget: float, channel: int):
        self._function = function
        self._patience = max(1.0, budget * 20)
        self.raised = set()  # names of the exceptions that recorded calls end in
        self.late = False  # whether the last look ended because there was too much to look at
        self._channel = channel

    def bases(self, calls: list[dict], most: int, alike: bool = True, slowest: bool = True) -> list[tuple[dict, dict]]:
        """Up to ``most`` calls to begin with and what each does: of each make and way the slowest (or quickest), then others like them if ``alike``."""
        makes, found, raising, others = {}, [], [], []
        for call in sorted(calls, key=lambda call: call["seconds"], reverse=slowest):
            kinds = "".join(c for c in call.get("shape", "") if not c.isdigit())
            makes.setdefault((kinds, call.get("way", "")), []).append(call)
        for like in makes.values():
            while like and len(found) < most:
                call = like.pop(0)
                seen = self.observe_twice(call["blob"])
                if seen is None:
                    continue
                if not seen["raised"]:
                    found.append((call, seen))
                    break
                # What raised when it was captured seldom shows how the function scales.
                raising.append((call, seen))
                self.raised.add(seen["raised"])
            others += like
        for call in others if alike else ():
            seen = self.observe_twice(call["blob"]) if len(found) < most else None
            if seen is not None:
                (raising if seen["raised"] else found).append((call, seen))
                self.raised.update([seen["raised"]] if seen["raised"] else [])
        return (found + raising)[:most]

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
            cut = seen["way"] == "return" and is_cut(seen["parts"]["list"][0])
            return {"seconds": seconds, "digest": digest, "raised": raised, "by": seen["raised by"], "cut": cut}

        ended = aside.run(work, self._patience, self._channel)
        self.late = ended.end in ("timeout", "too large")
        return ended.answer if ended.end == "done" else None

    def patient(self, seconds: float) -> None:
        """Lets every later look take so long."""
        self._patience = max(self._patience, seconds)

    def observe_twice(self, blob: str) -> dict | None:
        """The same of a call that can be made twice, with the smaller time."""
        seen = self.observe(blob)
        again = seen and self.observe(blob)
        return again and {**seen, "seconds": min(seen["seconds"], again["seconds"])}

    def timed(self, arguments: dict) -> tuple[float, str]:
        """CPU seconds of a call that is made in this process, and whether it returned, raised or was cut short."""
        making.steady()
        start = thread_time()
        way, value = outcome(self._function, arguments)
        return thread_time() - start, "cut" if type(value) is Drained and not value.complete else way


def fails(seen: dict) -> bool:
    """Whether a line of the function raises, or the language does there for what its arguments hold."""
    return seen["by"] == "line" or (seen["by"] == "language" and seen["raised"] in _PLAIN)


def is_cut(tree: object) -> bool:
    """Whether an answer is an iterator that was not read to its end."""
    return isinstance(tree, dict) and "iterator" in tree and tree["end"] == "more"


def slower(seconds: float, before: float) -> bool:
    """Clearly: differences of a few microseconds say nothing."""
    return seconds >= before * _GROWTH and seconds - before >= 20e-6


def same_way(way: str, raised: object) -> None:
    """A larger call ends as the recorded ones do, and what it returns is read to its end; raises ``aside.Failure`` where it is not."""
    if way == "cut" or (way == "raise" and not raised):
        raise aside.Failure("another way", "it has no end" if way == "cut" else "it raises what it did not raise before")
