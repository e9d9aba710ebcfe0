"""First pass of a capture: which tests reach which target, how often, for how long, with what, called by whom.

Nothing is stored here but numbers and types. Each call is known by its test and its ordinal among the target's calls
in that test, so that the second pass can store the chosen ones and run only their tests.
"""

from __future__ import annotations

import heapq
import os
import random
import resource
import sys
import time
import types
from collections.abc import Callable

from ..functions import definitions, loading, marking
from ..functions.probes import Probes
from ..functions.showing import shown
from ..functions.targets import NotAddressable, Target, check_addressable
from ..running import tests
from . import leading
from .observing import observe, size_key
from .watching import Watching

SLOWEST, DIVERSE, RANDOM = 16, 16, 8  # twice what is kept in the end: not every call can be stored
COVERING = 32  # calls at most that are kept for the ways they take through the function
EVERY_CALL_UNTIL = 2_000  # calls of one test; of later ones every 16th is looked at, all are counted
MAX_KEYS = 2_000
FURTHER_OUT, LOOKS, LOOKS_OF_A_TEST = 8, 200, 4  # functions that lead to a target; calls of which that is looked at
MAX_TESTS_TOLD = 500

clock = time.perf_counter_ns


class Reach:
    """What is known of one target."""

    def __init__(self, target: Target, seed: int):
        self.target = target
        self.random = random.Random(f"{seed}/{target.id}")
        self.probes = Probes()
        self.by_arm = {}
        self.calls = 0
        self.outside_tests = 0
        self.looked_at = 0
        self.by_test = {}
        self.slowest = []
        self.by_key = {}
        self.sample = []
        self.observed = {}
        self.callers = {}
        self.looks = 0  # at what leads to a call
        self.further_out = {}  # by code: in how many of them, and how far out at most

    def look_out(self, codes: list[types.CodeType]) -> None:
        """What leads to one call, from those that call it outwards."""
        self.looks += 1
        for code, place in {code: place for place, code in enumerate(codes)}.items():  # the outermost place of each
            times, furthest = self.further_out.get(code, (0, 0))
            self.further_out[code] = times + 1, max(furthest, place)

    def outer(self) -> dict[types.CodeType, int]:
        """What leads to a good part of the calls that were looked at, outermost first, and how often it does."""
        often = [(furthest, times, code) for code, (times, furthest) in self.further_out.items() if times * 4 >= self.looks and furthest > 0]
        return {code: times for _, times, code in sorted(often, key=lambda each: each[:2], reverse=True)}

    def fold(
            self, test: str, ordinal: int, key: tuple, size: int, nanoseconds: int, raised: bool | None, arms: frozenset[int] = frozenset()) -> None:
        """One call came to its end (or its duration is not measured)."""
        self.looked_at += 1
        call = (nanoseconds, size, -self.looked_at, test, ordinal, raised, way_of(arms))
        entry = self.by_test[test]
        entry[1] += nanoseconds
        if len(self.slowest) < SLOWEST:
            heapq.heappush(self.slowest, call)
        elif call > self.slowest[0]:
            heapq.heapreplace(self.slowest, call)
        known = self.by_key.get(key)
        if known is None and len(self.by_key) < MAX_KEYS or known is not None and call > known:
            self.by_key[key] = call
        for arm in arms:
            if arm not in self.by_arm or call > self.by_arm[arm][0]:
                self.by_arm[arm] = call, arms
        if len(self.sample) < RANDOM:
            self.sample.append(call)
        else:
            place = self.random.randrange(self.looked_at)
            if place < RANDOM:
                self.sample[place] = call

    def picks(self) -> list[dict]:
        """The calls to store: the two slowest, those that take every way that any takes, then the three kinds in turn (2 : 2 : 1)."""
        slow = sorted(self.slowest, reverse=True)
        kinds = sorted(self.by_key.values(), key=lambda call: (call[1], call))
        step = max(1, len(kinds) / DIVERSE)
        diverse = [kinds[int(i * step)] for i in range(min(DIVERSE, len(kinds)))][::-1]
        chosen = {(call[3], call[4]): call for call in (*slow[:2], *self.covering())}
        for turn in range(RANDOM):
            for call in (*slow[2 * turn:2 * turn + 2], *diverse[2 * turn:2 * turn + 2], *self.sample[turn:turn + 1]):
                chosen.setdefault((call[3], call[4]), call)
        return [{"test": call[3], "call": call[4], "seconds": call[0] / 1e9, "raised": call[5], "way": call[6]} for call in chosen.values()]

    def covering(self) -> list[tuple]:
        """Calls that together take every arm that any call took, as far as so many can; those that take most of what is left first."""
        left, found = set(self.by_arm), []
        calls = dict(self.by_arm.values())
        while left and len(found) < COVERING:
            best = max(calls, key=lambda call: (len(calls[call] & left), call[:3]))
            found.append(best)
            left -= calls[best]
        return found

    def as_json(self, others: bool) -> dict:
        by_time = sorted(self.by_test.items(), key=lambda item: (-item[1][1], -item[1][0]))
        problem = None if loading.functions(self.target) else unwatched(self.target)
        return {
            "type": "reach",
            "target": self.target.id,
            "calls": self.calls,
            "outsideTests": self.outside_tests,
            "problem": problem,
            "unreached": unreached(self.target, others) if problem is None and not self.calls else None,
            "tests": [{"id": t, "calls": n, "seconds": ns / 1e9} for t, (n, ns) in by_time[:MAX_TESTS_TOLD]],
            "picks": self.picks(),
            "callers": leading.told(dict(sorted(self.callers.items(), key=lambda item: -item[1])[:20])),
            "outer": leading.told(self.outer())[:FURTHER_OUT],
            "observed": {name: note.as_json() for name, note in self.observed.items()},
        }


class Survey(Watching):
    """Counts and times the targets' calls, test by test."""

    def __init__(self, emit: Callable[[dict], None], wanted: list[Target], seed: int, timed: bool):
        super().__init__(emit)
        self.reaches = {target.id: Reach(target, seed) for target in wanted}
        self.timed = timed
        self.open = {}
        self.before = None  # what plugins start while they are set up has nothing to do with the tests

    def between(self) -> None:
        super().between()
        if self.before is None:
            self.before = processes()

    def called(self, target_id: str, names: dict, frame: types.FrameType) -> None:
        self.note(self.reaches[target_id], names, frame)

    def note(self, reach: Reach, names: dict, frame: types.FrameType) -> None:
        reach.calls += 1
        test = self.test
        if test is None:
            reach.outside_tests += 1
            return
        entry = reach.by_test.get(test)
        if entry is None:
            entry = reach.by_test[test] = [0, 0]
        ordinal = entry[0]
        entry[0] += 1
        if ordinal >= EVERY_CALL_UNTIL and ordinal & 15:
            return
        key, size = size_key(names)
        observe(reach.observed, names)
        caller = leading.calling_code(frame)
        if caller is not None:
            reach.callers[caller] = reach.callers.get(caller, 0) + (1 if ordinal < EVERY_CALL_UNTIL else 16)
        if ordinal < LOOKS_OF_A_TEST and reach.looks < LOOKS:
            reach.look_out(leading.codes(frame))
        if self.timed:
            # An exception in flight when the call begins belongs to the caller.
            before = set(reach.probes.ran)  # of the call that this one is made in
            reach.probes.ran.clear()
            self.open[id(frame)] = (reach, test, ordinal, key, size, before, sys.exc_info()[1], clock())
        else:
            reach.fold(test, ordinal, key, size, 0, None)

    def leave(self, target_id: str) -> None:
        """Runs however a target is left."""
        now, error = clock(), sys.exc_info()[1]
        if getattr(self.busy, "now", False):
            return
        frame = sys._getframe(1)
        call = self.open.pop(id(frame), None)
        if call is None or os.getpid() != self.process:
            return
        self.busy.now = True
        try:
            reach, test, ordinal, key, size, before, earlier, began = call
            arms = frozenset(reach.probes.ran)
            reach.probes.ran.update(before)
            # Generators and coroutines end in GeneratorExit or CancelledError as a matter of course.
            raised = None if frame.f_code.co_flags & definitions.SUSPENDED else error is not earlier
            reach.fold(test, ordinal, key, size, now - began, raised, arms)
            if reach.looked_at <= EVERY_CALL_UNTIL:
                observe(reach.observed, frame.f_locals)
        except Exception:
            pass
        finally:
            self.busy.now = False


def way_of(arms: frozenset[int]) -> str:
    """A name for the way that a call takes through the function: the same for calls that take the same arms."""
    return "-".join(map(str, sorted(arms)))


def unwatched(target: Target) -> str | None:
    """Why a target that no import defined cannot be watched, or None: its file was just never imported, or not all of it ran."""
    try:
        check_addressable(target)
    except NotAddressable as error:
        return str(error)
    loader = None if loading.is_imported(target) else marking.foreign_loader(target.file)
    return None if loader is None else f"its module is loaded by {shown(loader)}"


def unreached(target: Target, others: bool) -> str:
    """Why there is no call of a target; ``others``: the tests started processes, in which nothing is watched."""
    if loading.is_imported(target):
        return "the tests import its module and call it in no process that is watched" if others else "no test reaches it"
    return "the tests import its module in no process that is watched" if others else "no test imports its module"


def processes() -> int:
    """Grows with the processes that this one has started, those that have ended and been waited for."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt


def main(request: dict, emit: Callable[[dict], None]) -> None:
    wanted = [Target.of(t) for t in request["targets"]]
    survey = Survey(emit, wanted, request.get("seed", 0), request.get("timed", True))
    probes = {target: reach.probes for target, reach in survey.reaches.items()} if survey.timed else None
    loading.watch(wanted, survey.enter, on_exit=survey.leave if survey.timed else None, probes=probes)
    earlier = processes()
    problem = tests.run(request, survey)
    survey.process = None  # threads that go on are not looked at any more
    others = processes() > (earlier if survey.before is None else survey.before)
    for reach in survey.reaches.values():
        emit(reach.as_json(others))
    tests.finish(emit, problem, collected=survey.count)
