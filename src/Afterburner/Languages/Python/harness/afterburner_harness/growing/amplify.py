"""Larger calls from recorded ones, kept where the baseline is deterministic, raises nothing new, and takes longer.

Everything that touches arguments happens in forked children: growing them may run the repository's own classes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from time import thread_time  # now: code under review may put others in their place

from ..calls import aside, stored, values
from ..functions import loading
from ..functions.targets import NotAddressable
from . import larger, plans, telling
from .baseline import BLOB_LIMIT, NODES, kind_of, same_way, slower, too_large
from .fresh import CannotGrow
from .varied import Varying
from .work import Allowance, Work

SCALES = (4, 16, 64, 256, 1024, 4096)
EACH_SCALES, EACH_PATIENCE, EACH_SECONDS, EACH_MOST, EACH_WAYS = (8, 64), 0.5, 10.0, 128, 24  # of calls that are grown in every way there is
LARGE = 10_000  # elements: a call that takes no longer with so many never will
MAKING, TIMES_MADE = 0.1, 3  # CPU seconds to make the arguments of a call: as much; how often a look makes them, at most
PER_NODE, PER_ELEMENT = 8, 16  # elements that count as one node, at most; nodes of an element, seldom more
BASES, CURVE_BASES = 4, 2  # calls of which others are made
CLEARLY_BETTER = 3  # times slower that a call of a later plan must be


def main(request: dict, emit: Callable[[dict], None]) -> None:
    loading.prepare(request)
    varies = request.get("atypical") or "constants" in request
    work = (Varying if varies else Growing)(request, emit.channel)
    try:
        work.load()
    except NotAddressable as error:
        emit({"type": "rejected", "message": str(error)})
        emit({"type": "done", "calls": 0})
        return
    found = work.verify() if request.get("verify") else work.run()
    for call in found:
        emit({"type": "call", **call})
    for words in work.untried:
        emit({"type": "untried", "words": words})
    emit({"type": "done", "calls": len(found)})


class Growing(Work):
    """Makes them."""

    def __init__(self, request: dict, channel: int):
        super().__init__(request, channel)
        self._scales = request.get("scales") or SCALES
        self._count = request.get("count", 1)
        self._patience = max(1.0, self._budget * 20)  # seconds of a look
        self._as = request.get("grownAs")
        # A size that was asked for, and a way in which two versions differ, need not take longer.
        self._any = request.get("together") or self._as

    def run(self) -> list[dict]:
        if self._request.get("each"):
            return self._each()
        found, together = [], self._request.get("together")
        ways = [(call, seen, plan) for call, seen in self._bases() for plan in self._wanted(call)]
        grown = {}  # how the first call of each kind grew
        for place, (call, seen, plan) in enumerate(ways):
            if together:
                self._count = max(1, -(-(together - len(found)) // (len(ways) - place)))
            known = grown.get(kind_of(call)) if plan is None else plan
            made = self._climb(call, seen, known)
            if not made and plan is None and known is not None:
                made = self._climb(call, seen)
            if made:
                grown[kind_of(call)] = made[-1]["planIndex"]
            found.extend(made)
        return found

    def _wanted(self, call):
        """The plans that are asked for, or None where the best is looked for."""
        return [each["plan"] for each in self._as if each["base"] == call["id"]] if self._as else [None]

    def _bases(self):
        calls, curve = self._request["calls"], self._request.get("curve")
        if self._as:
            named = {each["base"] for each in self._as}
            looks = [(call, self._baseline.observe_twice(call["blob"])) for call in calls if call["id"] in named]
            return [(call, seen) for call, seen in looks if seen is not None]
        if self._request.get("together") or curve:
            return self._baseline.bases(calls, CURVE_BASES if curve else BASES)
        return telling.ways(self._baseline, calls, BASES, self._growth)

    def _each(self):
        """Calls of every way through the function, grown in every way there is, a little: who runs two versions sees where they differ."""
        bases, found, allowance = self._baseline.bases(self._request["calls"], EACH_WAYS, alike=BASES), [], Allowance(EACH_SECONDS)
        self._patience = EACH_PATIENCE
        ways = [(not whole, index, call, seen) for call, seen in bases for index, whole in self._plans(call)]
        for _, index, call, seen in sorted(ways, key=lambda way: way[:2]):  # what is grown seldom first, then what is most natural
            step = None
            for scale in EACH_SCALES:
                made = self._within_budget(call, seen, index, scale)
                if made is None or made["large"]:
                    break
                step = made
            found += self._unlooked(call, step, 1) if step else []
            if allowance.is_spent or len(found) >= EACH_MOST:
                break
        return found

    def _growth(self, call, seen, scale):
        """How many times as long one takes that is so many times as large; None where it is not made."""
        look = self._look(call, seen, 0, scale) if not self._allowance.is_spent else None
        return look and look["seconds"] / max(seen["seconds"], 1e-6)

    def _climb(self, call, seen, known=None):
        """The first plan, or a later one that is much slower within the budget, at every scale on the way, and ``count`` calls at its end.

        ``known``: the one that is asked for, or that it was for another call of its kind.
        """
        best = []
        for index, whole in self._plans(call):
            if known is not None and index != known:
                continue
            if whole and best:
                break
            steps = self._steps(call, seen, index)
            if steps and (not best or steps[-1]["seconds"] > best[-1]["seconds"] * CLEARLY_BETTER):
                best = steps
            if best and best[-1]["seconds"] * CLEARLY_BETTER > self._budget:
                break  # no other can be that much slower
        if self._request.get("together"):
            return self._unlooked(call, best[-1], self._count) if best else []
        kept = []
        for step in best:
            made = self._make(call, step["planIndex"], step["scale"], 0)
            # A look may have been disturbed: what takes no longer when it is made again never did.
            if made is not None and made["seconds"] <= self._budget * 2 and (
                    self._request.get("curve") or self._as or slower(made["seconds"], seen["seconds"])):
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
            if steps and steps[-1]["making"] * TIMES_MADE * scale / steps[-1]["scale"] > self._patience:
                break  # not made in time
            made = self._within_budget(call, seen, index, scale)
            smaller = steps[-1]["scale"] * 2 if steps else 2
            if (made is None or made["large"]) and smaller < scale:
                made = self._within_budget(call, seen, index, smaller)
            if made is None or made["large"]:
                break
            grew = slower(made["seconds"], before) or slower(made["seconds"], seen["seconds"])
            if not grew and (scale >= 1024 or made["elements"] >= LARGE or made["making"] > MAKING) and not self._any:
                break  # the size of these arguments does not matter
            before = made["seconds"]
            steps.append(made)
            if made["scale"] != scale:
                break
        if self._request.get("curve"):
            return steps if len(steps) > 2 and slower(steps[-1]["seconds"], steps[0]["seconds"]) else []
        return [s for s in steps if s["scale"] == 1 or self._any or slower(s["seconds"], seen["seconds"])]

    def _within_budget(self, call, seen, index, scale):
        if self._allowance.is_spent:
            return None
        made = self._look(call, seen, index, scale)
        return made if made is not None and made["seconds"] <= self._budget else None

    def _look(self, call, seen, index, scale):
        """How long a larger call takes. Nothing is stored, and what it answers is not looked at: most sizes and plans are dropped for their time."""
        def work():
            data, seconds, elements, making = base64.b64decode(call["blob"]), None, 0, None
            for _ in range(2):
                start = thread_time()
                arguments, _, size = self._grown(stored.decode_bytes(data), call, index, scale, 0)
                making = making or thread_time() - start
                elements = values.size(arguments) if size is None else 0
                took, way = self._baseline.timed(arguments)
                same_way(way, seen["raised"])
                seconds = took if seconds is None else min(took, seconds)
                if took > self._budget * 2:
                    break  # a first call in a new process pays for the process, but not that much
            large = elements * PER_ELEMENT > NODES and too_large(self._grown(stored.decode_bytes(data), call, index, scale, 0)[0])
            return {"seconds": seconds, "elements": elements, "making": making, "large": large, "scale": scale, "planIndex": index}

        ended = aside.run(work, self._patience, self._channel)
        return ended.answer if ended.end == "done" else None

    def _unlooked(self, call, step, count):
        """Calls like one that was kept before, with other content: what they answer is compared where they are used."""
        found = []
        for variant in range(count):
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
                    "scale": step["scale"], "planIndex": step["planIndex"]})
        return found

    def _plans(self, call):
        """Numbers of the ways to grow a call, and whether each is one of the last to be tried."""
        ended = aside.run(lambda: [plan.whole for plan in plans.of(stored.decode(call["blob"]), self._known)], 5, self._channel)
        return list(enumerate(ended.answer if ended.end == "done" else []))

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
