"""Second pass of a capture: stores the chosen calls' arguments while the tests that make them run."""

from __future__ import annotations

import signal
import threading
import time
import types
from collections.abc import Callable

from ..calls import making, stored, values
from ..functions import loading
from ..functions.targets import Target
from ..running import tests
from .watching import Watching

MAX_REASONS = 5


class OutOfTime(BaseException):
    """Raised by the alarm; no ``except Exception`` of the repository may catch it."""


class Deadline:
    """Raises ``OutOfTime`` in the main thread after some seconds, and leaves the tests' own alarm as it was."""

    def __init__(self, seconds: float):
        self.seconds = seconds
        self.main = threading.current_thread() is threading.main_thread()

    def __enter__(self):
        if self.main:
            self.began = time.monotonic()
            self.handler = signal.signal(signal.SIGALRM, self.expire)
            self.before = signal.setitimer(signal.ITIMER_REAL, self.seconds)

    def __exit__(self, kind, error, trace):
        if self.main:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self.handler if self.handler is not None else signal.SIG_DFL)
            remaining, interval = self.before
            if remaining:
                signal.setitimer(signal.ITIMER_REAL, max(1e-3, remaining - (time.monotonic() - self.began)), interval)

    @staticmethod
    def expire(number: int, frame: types.FrameType) -> None:
        raise OutOfTime


class Recording:
    """What is stored of one target."""

    def __init__(self, target: Target, picks: list[dict]):
        self.target = target
        self.wanted = {(pick["test"], pick["call"]): rank for rank, pick in enumerate(picks)}
        self.counts = {}
        self.bytes = 0
        self.stored = 0
        self.reasons = {}

    def chosen(self, test: str | None) -> tuple[int, int] | None:
        """Ordinal and rank of the call that begins now in a test, or None when it is not wanted."""
        if test is None:
            return None
        ordinal = self.counts.get(test, 0)
        self.counts[test] = ordinal + 1
        rank = self.wanted.get((test, ordinal))
        return None if rank is None else (ordinal, rank)


class Recorder(Watching):
    def __init__(self, emit: Callable[[dict], None], recordings: dict[str, Recording], limits: dict):
        super().__init__(emit)
        self.recordings = recordings
        self.limits = limits

    def called(self, target_id: str, names: dict, frame: types.FrameType) -> None:
        recording = self.recordings[target_id]
        chosen = recording.chosen(self.test)
        if chosen is not None:
            self.store(recording, *chosen, names, frame)

    def store(self, recording: Recording, ordinal: int, rank: int, names: dict, frame: types.FrameType) -> None:
        reason = None
        blob = shape = None
        try:
            function = running(recording.target, frame)
            with Deadline(self.limits["seconds"]):
                shape = values.shape(making.parameters(function, names))
                blob = stored.encode(names, function, seconds=self.limits["seconds"])
        except values.Unserialisable as error:
            reason = str(error)
        except OutOfTime:
            reason = f"storing it took more than {self.limits['seconds']:g} s"
        except BaseException as error:  # properties and __reduce__ methods of the repository raise whatever they like
            reason = f"storing it raised {type(error).__name__}"
        if blob is not None and len(blob) * 3 // 4 > self.limits["callBytes"]:
            reason = f"its arguments take more than {self.limits['callBytes'] >> 20} MiB"
        elif blob is not None and recording.bytes + len(blob) * 3 // 4 > self.limits["targetBytes"]:
            reason = f"the calls stored before it take {self.limits['targetBytes'] >> 20} MiB"
        if reason is not None:
            recording.reasons[reason] = recording.reasons.get(reason, 0) + 1
            return
        recording.bytes += len(blob) * 3 // 4
        recording.stored += 1
        self.emit({"type": "call", "target": recording.target.id, "test": self.test, "ordinal": ordinal, "rank": rank,
                   "shape": shape, "blob": blob})


def running(target: Target, frame: types.FrameType) -> types.FunctionType:
    """The raw function whose frame this is: a file that was imported twice has two."""
    found = loading.functions(target)
    return next((raw for raw in found if raw.__globals__ is frame.f_globals), found[-1])


def main(request: dict, emit: Callable[[dict], None]) -> None:
    wanted = [Target.of(t) for t in request["targets"]]
    recordings = {target.id: Recording(target, request["picks"].get(target.id, [])) for target in wanted}
    recorder = Recorder(emit, recordings, request["limits"])
    loading.watch(wanted, recorder.enter)
    problem = tests.run(request, recorder)
    recorder.process = None
    for recording in recordings.values():
        reasons = sorted(recording.reasons.items(), key=lambda item: -item[1])[:MAX_REASONS]
        emit({"type": "recorded", "target": recording.target.id, "stored": recording.stored,
              "reasons": [{"reason": reason, "calls": count} for reason, count in reasons]})
    tests.finish(emit, problem, collected=recorder.count)
