"""Tries whether the calls of a target can be looked at where they happen, for calls whose arguments cannot be stored.

When a chosen call begins, inside the test that makes it, the process forks twice: each child runs the function as it is on the
live arguments, sends what it did and what that cost over a pipe, and ends. The call then goes on as if nothing had been.
Whether a candidate does the same is asked of runners (see "intest"), not here.
"""

from __future__ import annotations

import gc
import io
import json
import os
import signal
import sys
import types
import warnings
from collections.abc import Callable
from time import monotonic, thread_time  # now: code under review may put others in their place

from ..calls import children, making, values
from ..comparing import compare, kinds, reach, trees
from ..functions import loading
from ..functions.targets import Target
from ..running import tests
from . import recording
from .apart import DOES_IO, open_files, refuse_io, restore, set_apart, writable_files
from .watching import Watching

CHILD_CPU_SECONDS = 5.0
CHILD_WALL_SECONDS = 15.0
ALL_SECONDS = 30.0  # wall time for all children of a process, but for a call that has begun
MAX_ANSWER = 64 << 20


class Forker(Watching):
    def __init__(self, emit: Callable[[dict], None], request: dict):
        super().__init__(emit)
        self.target = Target.of(request["target"])
        self.recording = recording.Recording(self.target, request["picks"])
        self.picks = request["picks"]
        self.left = ALL_SECONDS

    def called(self, target_id: str, names: dict, frame: types.FrameType) -> None:
        chosen = self.recording.chosen(self.test)
        if chosen is None:
            return
        ordinal, rank = chosen
        if self.left <= 0:
            self.emit({"type": "unforked", "test": self.test, "reason": f"the calls before it took {ALL_SECONDS:g} s"})
            return
        began = monotonic()
        self.at_call(ordinal, rank, names, frame)
        self.left -= monotonic() - began

    def failed(self, error: BaseException) -> None:
        self.emit({"type": "unforked", "test": self.test, "reason": f"{type(error).__name__}: {str(error)[:300]}"})

    def at_call(self, ordinal: int, rank: int, names: dict, frame: types.FrameType) -> None:
        function = recording.running(self.target, frame)
        arguments = making.parameters(function, names)
        making.prepare(function)
        answer = self.compare(function, arguments, self.picks[rank].get("raised"))
        self.emit({"type": "compared", "shape": values.shape(arguments), "test": self.test, "ordinal": ordinal, **answer})

    def compare(self, function: types.FunctionType, arguments: dict, raised: bool | None) -> dict:
        """{"seconds"}, or {"reason"} when the function itself cannot be compared here."""
        first, second = (self.fork(function, arguments) for _ in range(2))
        for answer in (first, second):
            if "reason" in answer:
                return {"reason": answer["reason"]}
        if compare.compare(first["tree"], second["tree"]) is not None:
            return {"reason": "made twice it does not give one answer", "chance": True}
        if raised is not None and raised != first["raised"]:
            return {"reason": "made in a forked process it does not end as it did in its test"}
        return {"seconds": min(first["cpu"], second["cpu"])}

    def fork(self, function: types.FunctionType, arguments: dict) -> dict:
        """Runs the function in a child; what it did and cost, or a reason."""
        files = open_files()
        reader, writer = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        gc.collect()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            child = os.fork()
        if child == 0:
            try:
                os.close(reader)
                self.child(function, arguments, writer)
            finally:
                os._exit(70)
        os.close(writer)
        data, status = children.collect(child, reader, CHILD_WALL_SECONDS, MAX_ANSWER)
        restore(files)
        if status > 0 and os.WIFEXITED(status) and os.WEXITSTATUS(status) == DOES_IO:
            return {"reason": f"it does input or output ({data.decode(errors='replace')})", "io": True}
        if status == -1 or status > 0 and os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF:
            return {"reason": f"it takes more than {CHILD_CPU_SECONDS:g} s"}
        try:
            return json.loads(data)
        except ValueError:
            return {"reason": f"it ends the process (status {status})"}

    def child(self, function: types.FunctionType, arguments: dict, writer: int) -> None:
        kinds.remember(again=True)  # the test may have made classes since it began
        set_apart((writer,), CHILD_CPU_SECONDS)
        printed = sys.stdout = sys.stderr = io.StringIO()
        refuse_io(lambda why: os.write(writer, why.encode()))
        written = writable_files()
        before, hidden = reach.Before([function], arguments), []
        if before.used is not None:
            send(writer, {"reason": f"it uses a {before.used} whose content cannot be seen"})
        gc.disable()
        cpu = thread_time()
        try:
            outcome = ("returned", making.invoke(function, arguments))
        except BaseException as error:
            outcome = ("raised", error)
        cpu = thread_time() - cpu
        try:
            tree = trees.freeze((outcome, arguments, printed.getvalue()), there=before.there, hidden=hidden)
            answer = {"cpu": cpu, "raised": outcome[0] == "raised", "tree": tree}
            if hidden:
                answer = {"reason": f"what it does cannot be compared: a {kinds.name_of(type(hidden[0]))} whose content cannot be seen"}
        except Exception as error:
            answer = {"reason": f"what it does cannot be compared: {str(error)[:200]}"}
        if writable_files() != written:
            os.write(writer, b"an open file changes")
            os._exit(DOES_IO)
        send(writer, answer)


def send(writer: int, answer: dict) -> None:
    """The last thing a child does."""
    data = json.dumps(answer).encode()
    while data:
        data = data[os.write(writer, data):]
    os._exit(0)


def main(request: dict, emit: Callable[[dict], None]) -> None:
    loading.prepare(request)
    forker = Forker(emit, request)
    loading.watch([forker.target], forker.enter)
    problem = tests.run(request, forker)
    forker.process = None
    tests.finish(emit, problem, collected=forker.count)
