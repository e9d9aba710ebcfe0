"""What is made of recorded calls: by whom, with what is known of the function, and until when."""

from __future__ import annotations

from time import monotonic  # now: code under review may put others in their place

from ..calls.replay import load, ready, warm
from ..functions.targets import Target
from . import flags, plans
from .baseline import Baseline

BUDGET = 0.04
TOTAL_SECONDS = 12.0


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
        self._known = plans.Known.of(function, self._request["calls"], flags.literals(self._entry))
        self._end = monotonic() + self._request.get("totalSeconds", TOTAL_SECONDS)
        warm(self._request["calls"])
        ready(function)

    def verify(self) -> list[dict]:
        """Digest of what the baseline does on every call, to be compared with those of another hash seed."""
        seen = [(call, self._baseline.observe(call["blob"])) for call in self._request["calls"]]
        return [{"id": call["id"], "digest": s["digest"] if s is not None else None} for call, s in seen]
