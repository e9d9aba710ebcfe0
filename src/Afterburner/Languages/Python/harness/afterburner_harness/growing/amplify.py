"""Larger calls from recorded ones, kept where the baseline is deterministic, raises nothing new, and takes longer; and calls
on values that a candidate names.

Everything that touches arguments happens in forked children: growing them may run the repository's own classes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from time import monotonic  # now: code under review may put others in their place

from ..calls import aside, stored, values
from ..calls.replay import load, ready, warm
from ..functions import loading
from ..functions.targets import NotAddressable, Target
from . import atypical, boundaries, edges, flags, lacking, larger, meeting, plans, telling
from .baseline import BLOB_LIMIT, NODES, Baseline, same_way, slower, too_large
from .fresh import CannotGrow

SCALES = (4, 16, 64, 256, 1024, 4096)
BUDGET = 0.04
TOTAL_SECONDS = 12.0
LARGE = 10_000  # elements: a call that takes no longer with so many never will
PER_NODE, PER_ELEMENT = 8, 16  # elements that count as one node, at most; nodes of an element, seldom more
BASES, CURVE_BASES, BOUNDARY_BASES, LACKING_BASES = 4, 2, 2, 2  # calls of which others are made
BOUNDARY_SECONDS = 4.0  # of a call on a value that a candidate names
CLEARLY_BETTER = 3  # times slower that a call of a later plan must be


def main(request: dict, emit: Callable[[dict], None]) -> None:
    loading.prepare(request)
    work = Amplification(request, emit.channel)
    try:
        work.load()
    except NotAddressable as error:
        emit({"type": "rejected", "message": str(error)})
        emit({"type": "done", "calls": 0})
        return
    found = (
        work.verify() if request.get("verify") else work.atypical() if request.get("atypical")
        else work.at_boundaries() if "constants" in request else work.run())
    for call in found:
        emit({"type": "call", **call})
    for words in work.untried:
        emit({"type": "untried", "words": words})
    emit({"type": "done", "calls": len(found)})


class Amplification:
    def __init__(self, request: dict, channel: int):
        self._request = request
        self._channel = channel
        self._seed = request.get("seed", 0)
        self._scales = request.get("scales") or SCALES
        self._budget = request.get("budgetSeconds", BUDGET)
        self._count = request.get("count", 1)
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

    def run(self) -> list[dict]:
        found, together, curve, calls = [], self._request.get("together"), self._request.get("curve"), self._request["calls"]
        bases = self._baseline.bases(calls, CURVE_BASES if curve else BASES) if together or curve else telling.ways(
            self._baseline, calls, BASES, self._growth)
        for place, (call, seen) in enumerate(bases):
            if together:
                self._count = max(1, -(-(together - len(found)) // (len(bases) - place)))
            found.extend(self._climb(call, seen))
        return found

    def _growth(self, call, seen, scale):
        """How many times as long one takes that is so many times as large; None where it is not made."""
        look = self._look(call, seen, 0, scale) if monotonic() < self._end else None
        return look and look["seconds"] / max(seen["seconds"], 1e-6)

    def at_boundaries(self) -> list[dict]:
        """Calls on the values that a candidate names, and with others for what it no longer reads."""
        found, constants, unread = [], self._request["constants"], self._request["unread"]
        bases, tried = self._baseline.bases(self._request["calls"], BOUNDARY_BASES, alike=0), {}
        self._baseline.patient(BOUNDARY_SECONDS)
        for call, _ in bases:
            ended = aside.run(lambda: boundaries.ways(stored.decode(call["blob"]), constants, unread, self._known), 5, self._channel)
            for index, way in enumerate(ended.answer if ended.end == "done" else []):
                in_time = monotonic() < self._end
                made = self._baseline.keep(
                    call, f"{call['id']}b{index}", lambda arguments: (boundaries.made(arguments, way, self._seed), str(way), None)) if in_time else None
                found.append(made)
                words, late = boundaries.words(way), not in_time or (made is None and self._baseline.late)
                tried[words] = tried.get(words, True) and late
        self.untried = [words for words, late in tried.items() if late]
        return [call for call in found if call is not None]

    def atypical(self) -> list[dict]:
        """Calls without what the recorded ones happen to have."""
        bases, found, left = self._baseline.bases(self._request["calls"], BASES, slowest=False), [], LACKING_BASES
        for place, (call, _) in enumerate(bases):
            unlike = self._unlike(call, left > 0)
            left -= bool(unlike)  # of a call that holds nothing there are none
            found += [*unlike, *self._between(call, bases[place - 1][0])]
        return found

    def _unlike(self, call, all_of_it):
        def ways(arguments):
            found = _as_far_as_it_goes(atypical.ways, arguments, self._known)
            if not all_of_it:
                return [way for way in found if way[0] not in lacking.HOW]
            return [*found, *_as_far_as_it_goes(meeting.ways, arguments, self._known), *_as_far_as_it_goes(edges.ways, arguments, self._known)]

        return self._ways(f"{call['id']}a", call, ways, lambda arguments, way: atypical.made(arguments, way, self._seed), atypical.failing)

    def _between(self, call, other):
        """Arguments of two calls meet: what belongs together in both no longer does."""
        return self._ways(
            f"{call['id']}m", call, lambda arguments: atypical.between(arguments, stored.decode(other["blob"])),
            lambda arguments, way: atypical.met(arguments, stored.decode(other["blob"]), way)) if call is not other else []

    def _ways(self, name, call, ways, make, failing=lambda way: False):
        """Calls made of one in each way, as far as there is time; ``failing``: see ``Baseline.keep``."""
        def told():
            return [(edges.kind(way), failing(way)) for way in ways(stored.decode(call["blob"]))]

        ended, found, late = aside.run(told, 5, self._channel), [], set()
        for index, (kind, fails) in enumerate(ended.answer if ended.end == "done" else []):
            def change(arguments, index=index):
                way = ways(arguments)[index]  # found anew: what it puts somewhere may be any value
                return make(arguments, way), f"{way[0]} {way[1]}", None

            if monotonic() < self._end and kind not in late:
                found.append(self._baseline.keep(call, f"{name}{index}", change, once=True, quick=True, failing=fails))
                late.update([kind] if kind and self._baseline.late else ())  # numbers that decide how long it takes
        return [each for each in found if each is not None]

    def verify(self) -> list[dict]:
        """Digest of what the baseline does on every call, to be compared with those of another hash seed."""
        seen = [(call, self._baseline.observe(call["blob"])) for call in self._request["calls"]]
        return [{"id": call["id"], "digest": s["digest"] if s is not None else None} for call, s in seen]

    def _climb(self, call, seen):
        """The first plan, or a later one that is much slower within the budget, at every scale on the way, and ``count`` calls at its end."""
        best = []
        for index, whole in enumerate(self._plans(call)):
            if whole and best:
                break
            steps = self._steps(call, seen, index)
            if steps and (not best or steps[-1]["seconds"] > best[-1]["seconds"] * CLEARLY_BETTER):
                best = steps
            if best and best[-1]["seconds"] * CLEARLY_BETTER > self._budget:
                break  # no other can be that much slower
        if self._request.get("together"):
            return self._unlooked(call, best[-1]) if best else []
        kept = []
        for step in best:
            made = self._make(call, step["planIndex"], step["scale"], 0)
            # A look may have been disturbed: what takes no longer when it is made again never did.
            if made is not None and made["seconds"] <= self._budget * 2 and (
                    self._request.get("curve") or slower(made["seconds"], seen["seconds"])):
                kept.append(made)
        if not kept:
            return []
        last = kept[-1]
        more = [self._make(call, last["planIndex"], last["scale"], variant) for variant in range(1, self._count)]
        return kept + [m for m in more if m is not None and m["seconds"] <= self._budget * 2]

    def _steps(self, call, seen, index):
        """What a look at each scale tells, as far as the budget goes."""
        steps, before = [], seen["seconds"]
        for scale in self._scales:
            if steps and steps[-1]["elements"] * scale / steps[-1]["scale"] > NODES * PER_NODE:
                break  # more than is looked at
            made = self._within_budget(call, seen, index, scale)
            smaller = steps[-1]["scale"] * 2 if steps else 2
            if (made is None or made["large"]) and smaller < scale:
                made = self._within_budget(call, seen, index, smaller)
            if made is None or made["large"]:
                break
            grew = slower(made["seconds"], before) or slower(made["seconds"], seen["seconds"])
            if not grew and (scale >= 1024 or made["elements"] >= LARGE) and not self._request.get("together"):
                break  # the size of these arguments does not matter
            before = made["seconds"]
            steps.append(made)
            if made["scale"] != scale:
                break
        if self._request.get("curve"):
            return steps if len(steps) > 2 and slower(steps[-1]["seconds"], steps[0]["seconds"]) else []
        # A size that was asked for has shown before that it takes longer.
        return [s for s in steps if s["scale"] == 1 or self._request.get("together") or slower(s["seconds"], seen["seconds"])]

    def _within_budget(self, call, seen, index, scale):
        if monotonic() > self._end:
            return None
        made = self._look(call, seen, index, scale)
        return made if made is not None and made["seconds"] <= self._budget else None

    def _look(self, call, seen, index, scale):
        """How long a larger call takes. Nothing is stored, and what it answers is not looked at: most sizes and plans are dropped for their time."""
        def work():
            data, seconds, elements = base64.b64decode(call["blob"]), None, 0
            for _ in range(2):
                arguments, _, size = self._grown(stored.decode_bytes(data), call, index, scale, 0)
                elements = values.size(arguments) if size is None else 0
                took, way = self._baseline.timed(arguments)
                same_way(way, seen["raised"])
                seconds = took if seconds is None else min(took, seconds)
                if took > self._budget * 2:
                    break  # a first call in a new process pays for the process, but not that much
            large = elements * PER_ELEMENT > NODES and too_large(self._grown(stored.decode_bytes(data), call, index, scale, 0)[0])
            return {"seconds": seconds, "elements": elements, "large": large, "scale": scale, "planIndex": index}

        ended = aside.run(work, max(1.0, self._budget * 20), self._channel)
        return ended.answer if ended.end == "done" else None

    def _unlooked(self, call, step):
        """Calls like one that was kept before, with other content: what they answer is compared where they are used."""
        found = []
        for variant in range(self._count):
            def work(variant=variant):
                arguments, plan, size = self._grown(stored.decode(call["blob"]), call, step["planIndex"], step["scale"], variant)
                shape, elements = values.shape(arguments), values.size(arguments) if size is None else 0
                blob = stored.encode_again(call["blob"], arguments)
                seconds, way = self._baseline.timed(stored.decode(blob))
                same_way(way, self._baseline.raised)
                return {"blob": blob, "shape": shape, "size": elements if size is None else size, "seconds": seconds}

            ended = aside.run(work, max(4.0, self._budget * 20), self._channel)
            if ended.end == "done" and ended.answer["seconds"] <= self._budget * 2 and len(ended.answer["blob"]) <= BLOB_LIMIT * 4 // 3:
                found.append({
                    **ended.answer, "id": self._name(call, step, variant), "base": call["id"], "test": call.get("test", ""),
                    "scale": step["scale"]})
        return found

    def _plans(self, call):
        """For each way to grow a call, whether it is one of the last to be tried."""
        ended = aside.run(lambda: [plan.whole for plan in plans.of(stored.decode(call["blob"]), self._known)], 5, self._channel)
        return ended.answer if ended.end == "done" else []

    def _grown(self, arguments, call, index, scale, variant):
        """The arguments of a larger call, the plan, and its size where a number grew. Raises ``aside.Failure``."""
        seed = int.from_bytes(hashlib.blake2b(repr((self._seed, call["id"], index, scale, variant)).encode()).digest()[:8], "big")
        plan = plans.of(arguments, self._known)[index]
        try:
            made = larger.grow(arguments, plan, scale, seed)
        except CannotGrow as error:
            raise aside.Failure("cannot grow", str(error)) from error
        return made, repr(plan), max(made[name] for name in plan.names) if plan.numbers else None

    def _name(self, call, step, variant):
        return f"{call['id']}x{step['scale']}p{step['planIndex']}s{self._seed}v{variant}"

    def _make(self, call, index, scale, variant):
        """One larger call with what the baseline does on it, or None when it is not fit."""
        step = {"scale": scale, "planIndex": index}
        # Of calls like one that was looked at twice it is enough that another process does the same.
        made = self._baseline.keep(
            call, self._name(call, step, variant), lambda arguments: self._grown(arguments, call, index, scale, variant), once=variant > 0)
        return made and {**made, **step}


def _as_far_as_it_goes(ways, arguments, known):
    """What can be done with the arguments; values whose own comparisons fail do not take away what others find."""
    try:
        return ways(arguments, known)
    except Exception:
        return []
