"""One version of the repository, ready to take samples: the process that "versions" talks to.

Its tree is that of AFTERBURNER_WORK. Questions and answers are JSON lines on two pipes whose numbers the request names.
"""

import json
import os
import random

from . import calls, loading, samples, trial

MOST_ANSWER = 4 << 20  # characters of answers that are compared between versions


def main(request, emit):
    """Answers questions until the pipe is closed."""
    inbox = os.fdopen(request["inbox"], "r", encoding="utf-8")
    outbox = os.fdopen(request["outbox"], "w", encoding="utf-8")
    if request["compare"]:
        samples.bind_values()
    loading.prepare(request)
    try:
        station = _Station(trial.Trial(request, emit, random.Random(request["seed"])), (inbox.fileno(), outbox.fileno()))
        say(outbox, {"ready": True})
        for line in inbox:
            question = json.loads(line)
            say(outbox, QUESTIONS[question["do"]](station, question))
    except trial.SideBroken as broken:
        say(outbox, {"broken": str(broken)})
    emit({"type": "done"})


def say(pipe, message):
    pipe.write(json.dumps(message) + "\n")
    pipe.flush()


class _Station:
    def __init__(self, timing, pipes):
        self.timing, self.pipes, self.batch = timing, pipes, None


def _decodable(station, question):
    """Which calls can be made in this version: their values may be of classes that only the other one has."""
    return {"decodable": [index for index, blob in enumerate(question["calls"]) if _decodes(blob)]}


def _decodes(blob):
    try:
        calls.decode(blob)
    except Exception:
        return False
    return True


def _calibrate(station, question):
    inner = station.timing.calibrate(question["calls"], repeated=question["repeated"])
    return {"inner": inner, "forks": station.timing.forks, "limit": station.timing.limit}


def _load(station, question):
    station.timing.limit = question["limit"]
    station.batch = station.timing.batch(question["calls"], question["inner"], keep=question["keep"])
    return {"loaded": True}


def _sample(station, question):
    timing = station.timing
    sample = timing.take(
        timing.baseline, station.batch, cpu=question["cpu"], footprint=question["footprint"], show=question["show"],
        pipes=station.pipes)
    if "answers" in sample:
        answers = sample["answers"].decode("utf-8", "surrogatepass")
        sample["answers"] = answers if len(answers) <= MOST_ANSWER else None
    return {"sample": sample}


QUESTIONS = {"decodable": _decodable, "calibrate": _calibrate, "load": _load, "sample": _sample}
