"""Compares two versions of a target by running whole tests with one, then the other, many times in one process.

For functions whose calls can neither be stored nor forked. Equality is that of the tests' outcomes; the cost is the CPU
time spent inside the target while a test runs (of the whole test where the target is a generator or a coroutine).
"""

from __future__ import annotations

import gc
import os
import random
import threading
import time
import unittest
from collections.abc import Callable

from ..functions import definitions, loading, variants
from ..functions.targets import Target
from ..running import tests
from ..running.events import Events, Telling, shorten
from ..running.pytest_session import outcome_of, text_of
from ..running.unittest_session import Listener, discover, flatten

MAX_SECONDS = 60.0


class Swapper(Telling):
    def __init__(self, emit: Callable[[dict], None], request: dict):
        super().__init__(emit)
        self.target = Target.of(request["target"])
        self.sources = {"baseline": request.get("baselineFile"), "candidate": request.get("candidateFile")}
        self.pairs = request.get("pairs", 0)
        self.random = random.Random(request.get("seed", 0))
        self.end = time.monotonic() + request.get("seconds", MAX_SECONDS)
        self.codes = None
        self.local = threading.local()
        self.process = os.getpid()
        self.spent = self.calls = 0

    def enter(self, target_id: str, names: dict) -> None:
        depth = self.local.depth = getattr(self.local, "depth", 0) + 1
        if depth == 1:
            self.calls += 1
            self.local.began = time.thread_time_ns()

    def leave(self, target_id: str) -> None:
        now = time.thread_time_ns()
        depth = self.local.depth = getattr(self.local, "depth", 1) - 1
        if depth == 0:
            self.spent += now - self.local.began

    def repeat(self, test: str, run: Callable[[], tuple[str, str]]) -> None:
        """Runs a test many times. `run` makes one run and returns (outcome, text); the first run's outcome counts."""
        expected, _, _ = self.once(run)
        reached = self.calls
        if not reached:
            self.emit({"type": "unrepeatable", "test": test, "reason": "it does not reach the function when it runs alone"})
            return
        if self.codes is None:
            self.codes = variants.of_each(self.target, self.sources, self.random, instrumented=True)
        order = ["baseline", "candidate"]
        self.random.shuffle(order)
        for number in range(self.pairs + 1):
            order.reverse()  # who comes first may be slower for it
            sides = {}
            for name in order:
                self.emit({"type": "begin", "side": name})
                loading.use(self.target, self.codes[name])
                outcome, text, sides[name] = self.once(run)
                loading.use(self.target, None)
                if outcome != expected:
                    self.differs(test, name, expected, outcome, text)
                    return
            if number == 0:  # both versions are warm now
                self.emit({"type": "compared", "test": test, "calls": reached, "difference": None, "seconds": sides["baseline"]["cpu"]})
            elif sides["baseline"]["cpu"] > 0 and sides["candidate"]["cpu"] > 0:
                self.emit({"type": "pair", "test": test, **sides})
            if time.monotonic() > self.end:
                return

    def differs(self, test: str, name: str, expected: str, outcome: str, text: str) -> None:
        if name == "baseline":
            self.emit({"type": "unrepeatable", "test": test, "reason": f"run again it is {outcome} instead of {expected}"})
        else:
            self.emit({"type": "compared", "test": test, "difference": f"{expected} with the baseline and {outcome} now: {shorten(text)}"})

    def once(self, run: Callable[[], tuple[str, str]]) -> tuple[str, str, dict[str, float]]:
        gc.collect()
        gc.disable()
        self.spent = self.calls = 0
        self.local.depth = 0
        cpu, wall = time.thread_time_ns(), time.perf_counter_ns()
        try:
            outcome, text = run()
        finally:
            gc.enable()
        cpu, wall = time.thread_time_ns() - cpu, time.perf_counter_ns() - wall
        whole = loading.functions(self.target) and loading.original_code(self.target).co_flags & definitions.SUSPENDED
        cost = cpu if whole else self.spent
        return outcome, text, {"cpu": cost / 1e9 if self.calls else 0, "wall": wall / 1e9, "peak": 0, "integral": 0}

    def pytest_item(self, item: object, nextitem: object) -> list:
        """Runs one item of pytest many times; its first reports are those that count."""
        from _pytest.runner import runtestprotocol

        first = []

        def run():
            if hasattr(item, "_initrequest"):
                item._initrequest()
            # The real next item: with another one, fixtures would not be torn down between two runs.
            reports = runtestprotocol(item, nextitem=nextitem, log=False)
            first[:] = first or reports
            return outcome_of(reports), text_of(reports)

        self.repeat(item.nodeid, run)
        return first

    def unittest_case(self, test: unittest.TestCase) -> None:
        def run():
            told = []
            events = Events()
            events.finished = lambda name, outcome, seconds, text: told.append((outcome, text))
            unittest.TestSuite([test]).run(Listener(events))
            first.extend(told[-1:])
            return told[-1] if told else ("error", "")

        first = []
        self.started(test.id())
        self.repeat(test.id(), run)
        outcome, text = first[0] if first else ("error", "")
        self.finished(test.id(), outcome, 0.0, text)


def main(request: dict, emit: Callable[[dict], None]) -> None:
    loading.prepare(request)
    swapper = Swapper(emit, request)
    loading.watch([swapper.target], swapper.enter, on_exit=swapper.leave)
    if request.get("runner") == "unittest":
        wanted, problem = set(request.get("tests") or ()), None
        for test in list(flatten(discover(request.get("arguments") or []))):
            if test.id() in wanted:
                swapper.unittest_case(test)
    else:
        problem = tests.run(request, swapper, protocol=swapper.pytest_item)
    tests.finish(emit, problem, collected=swapper.count)
