"""Timing of two versions of one function. Modes of the request:

pairs    interleaved samples of both sides, in random order: {"type": "pair", ...} a pair
growth   both sides at several sizes of input: {"type": "size", ...} a size
measure  the baseline alone, memory followed: {"type": "sample", ...} a sample
outside  one side, over and over, nothing measured here: the control group around the sandbox is the measure
encode   calls made from JSON arguments, for trials that are not about recorded calls: {"type": "call", "blob": ...}

"pairs", "growth" and "measure" calibrate first, unless the request says how much a sample is. A side that cannot be measured
ends the command with {"type": "broken", "side": ..., "reason": ...}.
"""

import gc
import math
import os
import random

from . import calls, loading, samples

SHORTEST = 0.002  # CPU seconds: a batch that takes this long is executed once a sample
WANTED = 0.006  # CPU seconds of a sample whose batch is repeated
MOST_DECODING = 0.03  # seconds spent on fresh copies of the inputs of one sample
MOST_PASSES = 2000
CONFIRMING = 0.01  # CPU seconds of a sample whose batch may not be repeated in one process: it takes several processes
MOST_FORKS = 8
TIMES_SLOWER = 10  # a candidate that takes longer than this many times the baseline is not waited for


def main(request, emit):
    """Answers one request; see the module's text."""
    if request.get("confirming"):
        samples.bind_values()
    loading.prepare(request)
    chooser = random.Random(request["seed"])
    try:
        MODES[request["mode"]](Trial(request, emit, chooser))
    except SideBroken as broken:
        emit({"type": "broken", "side": broken.side, "reason": str(broken)})
    emit({"type": "done"})


class SideBroken(Exception):
    def __init__(self, side, reason):
        super().__init__(reason)
        self.side = side


class Trial:
    """What all modes share: the two sides, the calls, and how long to wait for a sample."""

    def __init__(self, request, emit, chooser):
        self.request, self.emit, self.chooser = request, emit, chooser
        self.target = loading.Target.of(request["target"])
        self.entry = loading.Target.of(request.get("entry") or request["target"])
        loading.watch([self.target, self.entry])
        try:
            calls.prepare(loading.function(self.entry, request.get("module")))
            loading.function(self.target)
        except Exception as error:
            raise SideBroken("baseline", f"{type(error).__name__}: {error}") from error
        self.baseline, self.candidate = self._compile()
        self.timeout = float(request.get("timeout") or 60)
        self.limit = request.get("limit")  # wall seconds of one baseline sample, when known from an earlier process
        self.inner = request.get("inner")
        self.forks = 1
        self.cpus = sorted(os.sched_getaffinity(0))
        self.followed = bool(request.get("integral"))
        samples.adopt_orphans()
        gc.collect()
        gc.freeze()

    def _compile(self):
        """Both sides from source, in random order: the second to be compiled lies elsewhere in memory."""
        sources = [("baseline", self._baseline_source()), ("candidate", self.request.get("candidateFile"))]
        self.chooser.shuffle(sources)
        sides = {}
        for name, source in sources:
            if source is None:
                continue
            try:
                sides[name] = samples.Side(name, loading.variant(self.target, source))
            except loading.VariantError as error:
                raise SideBroken(name, str(error)) from error
        return sides["baseline"], sides.get("candidate")

    def _baseline_source(self):
        if self.request.get("baselineFile") is not None:
            return self.request["baselineFile"]
        with open(self.target.file, encoding="utf-8-sig", newline="") as file:
            return file.read()

    def batch(self, blobs, inner, keep=False):
        return samples.Batch(self.entry, self.target, blobs, self.request.get("warmup") or [], inner, keep)

    def take(self, side, batch, pipes=(), **options):
        """One sample; a candidate gets a multiple of the baseline's time, the baseline all there is. `pipes` are not for foreign code."""
        timeout = self.timeout
        if side is self.candidate and self.limit:
            timeout = min(timeout, TIMES_SLOWER * self.limit + 2)
        try:
            self.emit({"type": "begin", "side": side.name})
            return samples.take(side, batch, timeout, closing=(self.emit.channel, *pipes), **options)
        except samples.Broken as error:
            raise SideBroken(side.name, str(error)) from error

    def calibrate(self, blobs, repeated=True):
        """Passes of one sample, from one pass of the baseline; where passes may not be repeated, children of one sample."""
        once = self.take(self.baseline, self.batch(blobs, 1))
        self.limit = max(self.limit or 0, once["wall"] + once["decoding"])
        if not repeated:
            self.forks = max(1, min(MOST_FORKS, math.ceil(CONFIRMING / max(once["cpu"], 1e-7))))
        if once["cpu"] >= SHORTEST or not repeated:
            return 1
        wanted = math.ceil(WANTED / max(once["cpu"], 1e-7))
        affordable = int(MOST_DECODING / max(once["decoding"], 1e-7))
        inner = max(1, min(wanted, affordable, MOST_PASSES))
        self.limit *= inner
        return inner

    def pair(self, batch, **options):
        """One sample of each side, on one core, in random order; where a sample takes several children, they alternate."""
        sides = [self.baseline, self.candidate]
        options["cpu"] = self.chooser.choice(self.cpus)
        taken = {side.name: [] for side in sides}
        for _ in range(self.forks):
            self.chooser.shuffle(sides)
            for side in sides:
                taken[side.name].append(self.take(side, batch, **options))
            options["show"] = False
        return samples.merge(taken["baseline"]), samples.merge(taken["candidate"])


def _pairs(trial):
    request = trial.request
    blobs = request["calls"]
    confirming = bool(request.get("confirming"))
    trial.forks = request.get("forks") or 1
    if trial.inner is None or trial.limit is None:
        trial.inner = trial.calibrate(blobs, repeated=not confirming)
    trial.emit({"type": "batch", "inner": trial.inner, "forks": trial.forks, "limit": trial.limit})
    checked = trial.chooser.randrange(request["pairs"]) if confirming else None
    batch = trial.batch(blobs, trial.inner, keep=checked is not None)
    for index in range(request["pairs"]):
        baseline, candidate = trial.pair(batch, footprint=trial.followed, show=index == checked)
        if index == checked:
            different = samples.difference(baseline.pop("answers"), candidate.pop("answers"))
            if different:
                raise SideBroken("candidate", f"it answers differently while it is timed: {different}")
        trial.emit({"type": "pair", "baseline": baseline, "candidate": candidate})


def _growth(trial):
    for size in trial.request["sizes"]:
        batch = trial.batch(size["calls"], trial.calibrate(size["calls"]))
        taken = [trial.pair(batch) for _ in range(trial.request["pairs"])]
        baseline, candidate = ([pair[side]["cpu"] for pair in taken] for side in (0, 1))
        trial.emit({"type": "size", "scale": size["scale"], "baseline": baseline, "candidate": candidate})


def _measure(trial):
    blobs = trial.request["calls"]
    batch = trial.batch(blobs, trial.inner or trial.calibrate(blobs))
    trial.emit({"type": "batch", "inner": batch.inner, "limit": trial.limit})
    for _ in range(trial.request["pairs"]):
        trial.emit({"type": "sample", **trial.take(trial.baseline, batch, footprint=True)})


def _outside(trial):
    """Nothing here measures: what runs beside, or after, or in other processes is part of the cost as well."""
    request = trial.request
    side = trial.candidate if request["side"] == "candidate" else trial.baseline
    trial.emit({"type": "begin", "side": side.name})
    loading.use(trial.target, side.code)
    function = loading.function(trial.entry)
    for _ in range(request["repeat"]):
        for blob in request["calls"]:
            try:
                calls.invoke(function, calls.decode(blob))
            except BaseException:  # what a call raises is part of the call
                pass


def _encode(trial):
    function = loading.function(trial.entry)
    for arguments in trial.request["arguments"]:
        trial.emit({"type": "call", "blob": calls.encode(arguments, function)})


MODES = {"encode": _encode, "pairs": _pairs, "growth": _growth, "measure": _measure, "outside": _outside}
