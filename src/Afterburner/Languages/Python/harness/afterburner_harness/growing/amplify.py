"""Larger calls from recorded ones, kept where the baseline is deterministic, raises nothing new, and takes longer; and calls
on values that a candidate names.

Everything that touches arguments happens in forked children: growing them may run the repository's own classes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from time import monotonic, thread_time  # now: code under review may put others in their place

from ..calls import aside, making, stored, values
from ..calls.replay import load, observe, outcome, warm
from ..comparing import trees
from ..functions import loading
from ..functions.targets import NotAddressable, Target
from . import boundaries, larger, plans
from .fresh import CannotGrow

SCALES = (4, 16, 64, 256, 1024, 4096)
BUDGET = 0.04
TOTAL_SECONDS = 12.0
# Comparing, hashing and storing cost the harness microseconds a node: beyond this, every later step of a review is slow.
NODES = 24_000
LARGE = 10_000  # elements: a call that takes no longer with so many never will
PER_NODE = 8  # elements that count as one node, at most
BASES = 4
BOUNDARY_BASES = 2
QUICK = 0.001  # seconds below which an interruption looks like growth
BLOB_LIMIT = 8 << 20
GROWTH = 1.5


def main(request: dict, emit: Callable[[dict], None]) -> None:
    loading.prepare(request)
    work = Amplification(request, emit.channel)
    try:
        work.load()
    except NotAddressable as error:
        emit({"type": "rejected", "message": str(error)})
        emit({"type": "done", "calls": 0})
        return
    found = work.verify() if request.get("verify") else work.at_boundaries() if "constants" in request else work.run()
    for call in found:
        emit({"type": "call", **call})
    emit({"type": "done", "calls": len(found)})


class Amplification:
    def __init__(self, request: dict, channel: int):
        self._request = request
        self._channel = channel
        self._seed = request.get("seed", 0)
        self._scales = request.get("scales") or SCALES
        self._budget = request.get("budgetSeconds", BUDGET)
        self._count = request.get("count", 1)
        self._every_scale = request.get("everyScale", True)
        self._target = Target.of(request["target"])
        self._entry = Target.of(request.get("entry") or request["target"])
        self._raised = set()

    def load(self) -> None:
        self._function = load(self._target, self._entry, self._request)
        warm(self._request["calls"])

    def run(self) -> list[dict]:
        found, measured, together = [], self._measured(), self._request.get("together")
        for place, (call, seen) in enumerate(measured):
            if together:
                self._count = max(1, -(-(together - len(found)) // (len(measured) - place)))
            found.extend(self._climb(call, seen))
        return found

    def at_boundaries(self) -> list[dict]:
        """Calls on the values that a candidate names, and with others for what it no longer reads."""
        found, constants, unread = [], self._request["constants"], self._request["unread"]
        for call, _ in _unlike(self._measured())[:BOUNDARY_BASES]:
            ended = aside.run(lambda: boundaries.ways(stored.decode(call["blob"]), constants, unread), 5, self._channel)
            for index, way in enumerate(ended.answer if ended.end == "done" else []):
                if monotonic() > self._end:
                    return found
                found.append(self._kept(call, f"{call['id']}b{index}", lambda arguments: (boundaries.made(arguments, way, self._seed), str(way), None)))
        return [call for call in found if call is not None]

    def _measured(self):
        """The calls to begin with, and what each does."""
        self._end = monotonic() + self._request.get("totalSeconds", TOTAL_SECONDS)
        measured = []
        for call in self._request["calls"]:
            seen = self._observe(call["blob"])
            again = self._observe(call["blob"])
            if seen is not None and again is not None:
                seen["seconds"] = min(seen["seconds"], again["seconds"])
                measured.append((call, seen))
                self._raised.update([seen["raised"]] if seen["raised"] else [])
        # What raised when it was captured seldom shows how the function scales.
        measured.sort(key=lambda pair: (pair[1]["raised"] is not None, -pair[1]["seconds"]))
        return _diverse(measured)

    def verify(self) -> list[dict]:
        """Digest of what the baseline does on every call, to be compared with those of another hash seed."""
        seen = [(call, self._observe(call["blob"])) for call in self._request["calls"]]
        return [{"id": call["id"], "digest": s["digest"] if s is not None else None} for call, s in seen]

    def _climb(self, call, seen):
        """The first plan, or a later one that is much slower within the budget, at every scale on the way, and ``count`` calls at its end."""
        best = []
        for index in range(self._plan_count(call)):
            steps = self._steps(call, seen, index)
            if steps and (not best or steps[-1]["seconds"] > best[-1]["seconds"] * 3):
                best = steps
        if not best:
            return []
        last = best[-1]
        more = [self._make(call, last["planIndex"], last["scale"], variant) for variant in range(1, self._count)]
        kept = best if self._every_scale else [last]
        return kept + [m for m in more if m is not None and m["seconds"] <= self._budget * 2]

    def _steps(self, call, seen, index):
        steps, before = [], seen["seconds"]
        for scale in self._scales:
            if steps and steps[-1]["elements"] * scale / steps[-1]["scale"] > NODES * PER_NODE:
                break  # more than is looked at
            made = self._within_budget(call, index, scale)
            smaller = steps[-1]["scale"] * 2 if steps else 2
            if made is None and smaller < scale:
                made = self._within_budget(call, index, smaller)
            if made is None:
                break
            grew = _slower(made["seconds"], before) or _slower(made["seconds"], seen["seconds"])
            if not grew and (scale >= 1024 or made["elements"] >= LARGE) and not self._request.get("together"):
                break  # the size of these arguments does not matter
            before = made["seconds"]
            steps.append(made)
            if made["scale"] != scale:
                break
        if self._request.get("curve"):
            return steps if len(steps) > 2 and _slower(steps[-1]["seconds"], steps[0]["seconds"]) else []
        # A size that was asked for has shown before that it takes longer.
        return [s for s in steps if s["scale"] == 1 or self._request.get("together") or _slower(s["seconds"], seen["seconds"])]

    def _within_budget(self, call, index, scale):
        if monotonic() > self._end:
            return None
        made = self._make(call, index, scale, 0)
        return made if made is not None and made["seconds"] <= self._budget else None

    def _plan_count(self, call):
        ended = aside.run(lambda: len(plans.of(stored.decode(call["blob"]))), 5, self._channel)
        return min(ended.answer, 6) if ended.end == "done" else 0

    def _make(self, call, index, scale, variant):
        """One larger call with what the baseline does on it, or None when it is not fit."""
        seed = int.from_bytes(hashlib.blake2b(repr((self._seed, call["id"], index, scale, variant)).encode()).digest()[:8], "big")

        def grown(arguments):
            plan = plans.of(arguments)[index]
            made = larger.grow(arguments, plan, scale, seed)
            return made, repr(plan), max(made[name] for name in plan.names) if plan.numbers else None

        # Of calls like one that was looked at twice it is enough that another process does the same.
        made = self._kept(call, f"{call['id']}x{scale}p{index}s{self._seed}v{variant}", grown, once=variant > 0)
        return made and {**made, "scale": scale, "planIndex": index}

    def _kept(self, call, name, change, once=False):
        """A call made of another by ``change``, which gives arguments, the way they were made and their size, with what the baseline does on it."""
        def work():
            try:
                arguments, plan, size = change(stored.decode(call["blob"]))
            except CannotGrow as error:
                raise aside.Failure("cannot grow", str(error)) from error
            try:
                trees.freeze(arguments, nodes=NODES)
            except trees.TooLarge as error:
                raise aside.Failure("too large", str(error)) from error
            shape, elements = values.shape(arguments), values.size(arguments) if size is None else 0
            return {
                "blob": stored.encode_again(call["blob"], arguments), "shape": shape, "size": elements if size is None else size,
                "elements": elements, "plan": plan}

        made = aside.run(work, 4, self._channel)
        if made.end != "done" or len(made.answer["blob"]) > BLOB_LIMIT * 4 // 3:
            return None
        first = self._observe(made.answer["blob"])
        if first is None or (first["raised"] and first["raised"] not in self._raised):
            return None
        second = self._observe(made.answer["blob"]) if not once else first
        if second is None or second["digest"] != first["digest"]:
            return None
        return {
            **made.answer, "id": name, "base": call["id"], "test": call.get("test", ""), "scale": 1,
            "seconds": min(first["seconds"], second["seconds"]), "digest": first["digest"],
        }

    def _observe(self, blob):
        """What the baseline does on a call, and the CPU seconds of making it again: the first one in a new process pays
        for the process. CPU time, because on a busy machine the clock on the wall would make growth out of noise; of the
        thread, because that of a process moves in steps of 4 ms once a limit is set on it."""

        def work():
            seen = observe(self._function, stored.decode(blob))["seen"]
            raised = seen["parts"]["list"][0].get("exception") if seen["way"] == "raise" else None
            digest = trees.digest_tree(seen)
            seconds = self._seconds(blob)
            if seconds < QUICK:
                seconds = min(seconds, self._seconds(blob))
            return {"seconds": seconds, "digest": digest, "raised": raised}

        ended = aside.run(work, max(1.0, self._budget * 20), self._channel)
        return ended.answer if ended.end == "done" else None

    def _seconds(self, blob):
        arguments = stored.decode(blob)
        making.steady()
        start = thread_time()
        outcome(self._function, arguments, making.ITEMS)
        return thread_time() - start


def _slower(seconds, before):
    """Clearly: differences of a few microseconds say nothing."""
    return seconds >= before * GROWTH and seconds - before >= 20e-6


def _diverse(measured):
    """The slowest calls, and not two of the same shape while there are others."""
    by_shape, rest = {}, []
    for pair in measured:
        kinds = _kinds(pair[0].get("shape", ""))
        if kinds in by_shape:
            rest.append(pair)
        else:
            by_shape[kinds] = pair
    return (list(by_shape.values()) + rest)[:BASES]


def _unlike(measured):
    """One call of each make."""
    return list({_kinds(call.get("shape", "")): (call, seen) for call, seen in reversed(measured)}.values())[::-1]


def _kinds(shape):
    return "".join(c for c in shape if not c.isdigit())
