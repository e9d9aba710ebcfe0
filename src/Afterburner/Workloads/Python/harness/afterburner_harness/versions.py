"""Timing of one function in two versions of the whole repository, interleaved.

Each version has a process of its own (a station) that imported its tree, so that a function runs with the helpers,
constants and modules of its version. Samples are taken in pairs, in random order, on one core: see "pairs" of trial.py,
whose messages these are. "baseline" is the code under review, "candidate" the version it is compared with.
{"type": "behaviour", "difference": ...} tells whether the answers of one pair agree.
"""

import json
import os
import random
import subprocess
import sys

from . import samples, station

RUN = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "run.py")
SIDES = ("baseline", "candidate")


def main(request, emit):
    """Answers one request: "versions" holds root, target and entry of both sides, the rest is that of "pairs"."""
    if request.get("compare"):
        samples.bind_values()
    chooser = random.Random(request["seed"])
    stations = {}
    try:
        order = list(SIDES)
        chooser.shuffle(order)
        for name in order:
            stations[name] = _Station(name, request)
        _pairs(request, stations, chooser, emit)
    except _Broken as broken:
        emit({"type": "broken", "side": broken.side, "reason": str(broken)})
    finally:
        for each in stations.values():
            each.close()
    emit({"type": "done"})


class _Broken(Exception):
    def __init__(self, side, reason):
        super().__init__(reason)
        self.side = side


class _Station:
    """The other end of a station's pipes."""

    def __init__(self, name, request):
        version = request["versions"][name]
        self.name = name
        to_read, to_write = os.pipe(), os.pipe()
        settings = {key: request[key] for key in ("imports", "seed", "timeout", "warmup") if key in request}
        settings.update(target=version["target"], entry=version["entry"], inbox=to_read[0], outbox=to_write[1],
                        integral=request.get("integral"), compare=bool(request.get("compare")))
        self.process = subprocess.Popen(
            [sys.executable, "-s", "-B", RUN, "station"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            env={**os.environ, "AFTERBURNER_WORK": version["root"]}, pass_fds=(to_read[0], to_write[1]))
        os.close(to_read[0])
        os.close(to_write[1])
        self.questions = os.fdopen(to_read[1], "w", encoding="utf-8")
        self.answers = os.fdopen(to_write[0], "r", encoding="utf-8")
        self.process.stdin.write(json.dumps(settings).encode())
        self.process.stdin.close()
        self._read()

    def ask(self, **question):
        try:
            station.say(self.questions, question)
        except OSError:
            pass  # it ended; reading says so
        return self._read()

    def _read(self):
        try:
            answer = json.loads(self.answers.readline() or "{}")
        except ValueError:
            answer = {}
        if not answer or "broken" in answer:
            raise _Broken(self.name, answer.get("broken") or f"its process ended (exit code {self.process.poll()})")
        return answer

    def close(self):
        self.process.kill()
        self.process.wait()
        for pipe in (self.questions, self.answers):
            try:
                pipe.close()
            except OSError:
                pass


def _pairs(request, stations, chooser, emit):
    blobs = _common(request["calls"], stations)
    confirming = bool(request.get("confirming"))
    batch = {key: request.get(key) for key in ("inner", "forks", "limit")}
    if batch["inner"] is None or batch["limit"] is None:
        batch.update(stations["baseline"].ask(do="calibrate", calls=blobs, repeated=not confirming))
    batch["forks"] = max(batch["forks"] or 1, request.get("forks") or 1)
    emit({"type": "batch", **batch})
    for each in stations.values():
        each.ask(do="load", calls=blobs, inner=batch["inner"], limit=batch["limit"], keep=bool(request.get("compare")))
    cpus = sorted(os.sched_getaffinity(0))
    for index in range(request["pairs"]):
        show = index == 0 and bool(request.get("compare"))
        pair = _pair(stations, chooser, batch["forks"], cpu=chooser.choice(cpus), footprint=bool(request.get("integral")), show=show)
        if show:
            emit({"type": "behaviour", "difference": _difference(*(pair[side].pop("answers") for side in SIDES))})
        emit({"type": "pair", **pair})


def _common(blobs, stations):
    """The calls that both versions can make."""
    keep = set(range(len(blobs)))
    for each in stations.values():
        keep &= set(each.ask(do="decodable", calls=blobs)["decodable"])
        if not keep:
            raise _Broken(each.name, "none of the calls can be made there: their values need code that it does not have")
    return [blobs[index] for index in sorted(keep)]


def _pair(stations, chooser, forks, **options):
    taken = {name: [] for name in SIDES}
    for _ in range(forks):
        order = list(SIDES)
        chooser.shuffle(order)
        for name in order:
            taken[name].append(stations[name].ask(do="sample", **options)["sample"])
        options["show"] = False
    return {name: samples.merge(taken[name]) for name in SIDES}


def _difference(baseline, candidate):
    """How the answers differ; None also where they are too large to be looked at."""
    return None if baseline is None or candidate is None else samples.difference(baseline, candidate)
