"""What is made of recorded calls: by whom, with what is known of the function, and until when."""

from __future__ import annotations

from os import times
from time import monotonic  # now: code under review may put others in their place

from ..calls.replay import load, ready, warm
from ..functions.targets import Target
from . import flags, plans
from .baseline import Baseline

BUDGET = 0.04
TOTAL_SECONDS = 12.0
SLOWEST = 4  # times as long as its CPU time that work may take


class Allowance:
    """CPU seconds for work in forked children, so that as much of it is done on a busy machine; calls that wait spend it by the clock."""

    def __init__(self, seconds: float):
        self._cpu, self._clock = _cpu() + seconds, monotonic() + seconds * SLOWEST

    @property
    def is_spent(self) -> bool:
        return _cpu() > self._cpu or monotonic() > self._clock


def _cpu() -> float:
    return sum(times()[:4])


class Work:
    """Calls of one function, and what the baseline does on them."""

    def __init__(self, request: dict, channel: int):
        self._request = request
        self._channel = channel
        self._seed = request.get("seed", 0)
        self._budget = request.get("budgetSeconds", BUDGET)
        self._target = Target.of(request["target"])
        self._entry = Target.of(request.get("entry") or request["target"])
        self.untried = []  # values that a candidate names with which there was no time for a call

    def load(self) -> None:
        function = load(self._target, self._entry, self._request)
        self._baseline = Baseline(function, self._budget, self._channel)
        self._known = plans.Known.of(function, self._request["calls"], *flags.definition(self._entry))
        self._allowance = Allowance(self._request.get("totalSeconds", TOTAL_SECONDS))
        warm(self._request["calls"])
        ready(function)

    def verify(self) -> list[dict]:
        """Digest of what the baseline does on every call, to be compared with those of another hash seed."""
        seen = [(call, self._baseline.observe(call["blob"])) for call in self._request["calls"]]
        return [{"id": call["id"], "digest": s["digest"] if s is not None else None} for call, s in seen]
