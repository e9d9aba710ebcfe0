"""One version of a function at the calls that tests make of it, for calls whose arguments cannot be stored.

The covering tests run in this process. When a chosen call begins, the process stops there and answers commands like a
``runner``: each child runs the call on the live arguments. Then the call goes on as if nothing had been. Children have no
sockets and pipes of the test. What they append to files they share with it is cut off again; a version that opens or writes
files, starts programs or uses sockets says so instead of answering (its traces would reach the test).
"""

from __future__ import annotations

import gc
import json
import os
import sys
import types
import warnings

from ..calls import making, values
from ..capturing import recording
from ..capturing.apart import open_files, refuse_io, restore, set_apart, writable_files
from ..capturing.watching import Watching
from ..comparing import kinds
from ..functions import loading, variants
from ..functions.targets import Target
from ..running import tests
from . import frames, serving

CHILD_CPU_SECONDS = 5.0


def main(pipe: frames.Pipe, request: dict) -> None:
    """Runs the tests. Says at every chosen call that it is there; says what the tests come to in messages, the last of them "done"."""
    loading.prepare(request)
    stop = Stop(pipe, request)
    loading.watch([stop.target], stop.enter)
    problem = tests.run(request, stop)
    stop.process = None
    tests.finish(stop.emit, problem, collected=stop.count)


class Stop(Watching):
    """The place in the tests where a call is looked at; to ``runner`` it is a version."""

    repeats = False

    def __init__(self, pipe: frames.Pipe, request: dict):
        owner = os.getpid()

        def emit(message):
            if os.getpid() == owner:
                pipe.send(frames.MESSAGE, json.dumps(message).encode("utf-8", "surrogatepass"))

        super().__init__(emit)
        self.pipe, self.request = pipe, request
        self.target = self.entry = Target.of(request["target"])
        self.recording = recording.Recording(self.target, request["picks"])
        self.ready = False

    def called(self, target_id: str, names: dict, frame: types.FrameType) -> None:
        chosen = self.recording.chosen(self.test)
        if chosen is None:
            return
        ordinal, rank = chosen
        self.function = recording.running(self.target, frame)
        self.live = making.parameters(self.function, names)
        if not self.ready:
            self.codes(self.request)
            making.prepare(self.function)
            self.ready = True
        at = {"test": self.test, "ordinal": ordinal, "rank": rank, "shape": values.shape(self.live)}
        self.pipe.send(frames.REPLY, json.dumps({"at": at}).encode("utf-8", "surrogatepass"))
        while True:
            command = json.loads(self.pipe.receive(frames.COMMAND))
            if command["do"] == "next":
                return
            self.files = open_files()
            sys.stdout.flush()
            sys.stderr.flush()
            gc.collect()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                serving.serve(self.pipe, self, command, after=lambda: restore(self.files))

    def failed(self, error: BaseException) -> None:
        self.pipe.send(frames.REPLY, json.dumps({"unfit": f"{type(error).__name__}: {str(error)[:300]}"}).encode("utf-8", "surrogatepass"))

    def codes(self, request: dict) -> None:
        """This process runs the tests with the code as it lies; children run that of this version."""
        with open(self.target.file, "rb") as file:
            source = request["file"] if request.get("file") is not None else file.read()
        self.code = variants.variant(self.target, source)
        if request.get("trace"):
            from ..functions.probes import Probes

            self.probes = Probes()
            self.probed = variants.variant(self.target, source, probes=self.probes)

    def isolate(self, pipe: frames.Pipe) -> None:
        loading.use(self.target, self.code)
        kinds.remember(again=True)  # the test may have made classes since it began
        set_apart((pipe.inbox, pipe.outbox), CHILD_CPU_SECONDS)
        refuse_io(lambda why: pipe.send(frames.REPLY, json.dumps({"failure": f"does input or output ({why})"}).encode()))
        self.written = writable_files()

    def trace_left(self) -> str | None:
        """What a child did that its test could see, or None."""
        return "does input or output (an open file changes)" if writable_files() != self.written else None

    def warm_up(self, encoder: str, changed: bool) -> None:
        """Live arguments are there once: nothing is run beforehand."""

    def make_room(self, size: int) -> None:
        """The heap of a test in progress is what its calls find."""

    def free_rest_of_room(self) -> None:
        """There is none."""

    def arguments(self, content: bytes) -> list[dict]:
        return [self.live]
