"""Runs one piece of work in a forked child that may crash, hang, print or be killed without harm to anybody.

What comes back is JSON, so nothing of the child is ever executed here. The answer carries a token that is new for
each child and must be the only thing on the pipe: a second message means that something else wrote to it.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import time
from collections.abc import Callable

from . import children

ANSWER_LIMIT = 128 << 20


class Ended:
    """How a child ended. ``answer`` is None unless ``end`` is "done"; ``words`` says the rest to a person.

    No dataclass: importing that takes each process of a review an eighth of its start.
    """

    __slots__ = ("end", "words", "answer")

    def __init__(self, end: str, words: str, answer: object = None):
        self.end = end
        self.words = words
        self.answer = answer


def run(work: Callable[[], object], seconds: float, channel: int | None = None, cpu: float | None = None) -> Ended:
    """The JSON value that ``work()`` returns in a child that gets ``seconds`` of wall time, and ``cpu`` seconds of its own where that is said."""
    token = os.urandom(12).hex()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _child(work, token, writer, [reader] if channel is None else [reader, channel])
    os.close(writer)
    data, killed, status = _collect(child, reader, seconds, None if cpu is None else lambda: children.used(child) > cpu)
    if killed == -1:
        return Ended("timeout", f"did not finish within {seconds if cpu is None else min(seconds, cpu):.3g} s")
    if killed == -2:
        return Ended("too large", f"gave an answer of more than {ANSWER_LIMIT >> 20} MiB")
    if os.WIFSIGNALED(status):
        return Ended("crashed", f"ended the process with signal {_signal_name(os.WTERMSIG(status))}")
    if not data:
        return Ended("crashed", f"ended the process with exit code {os.WEXITSTATUS(status)}")
    try:
        message = json.loads(data)
        if message.pop("token") != token:
            raise ValueError("another token")
    except (ValueError, KeyError, AttributeError, RecursionError):
        return Ended("crashed", "wrote into the harness's own pipe")
    if "failure" in message:
        return Ended(message.get("kind", "failed"), message["failure"])
    return Ended("done", "", message["answer"])


def _child(work, token, writer, closed):
    code = 0
    try:
        os.setsid()
        for descriptor in closed:
            os.close(descriptor)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        gc.freeze()
        try:
            message = {"token": token, "answer": work()}
        except Failure as failure:
            message = {"token": token, "failure": str(failure), "kind": failure.kind}
        data = json.dumps(message).encode("ascii")
        while data:
            data = data[os.write(writer, data):]
    except BaseException:
        code = 70
    finally:
        os._exit(code)


class Failure(Exception):
    """Raised by the work itself: an expected end that is not an answer."""

    def __init__(self, kind: str, words: str):
        super().__init__(words)
        self.kind = kind


def _collect(child, reader, seconds, is_over):
    end = time.monotonic() + seconds
    data, killed = children.read(reader, end, ANSWER_LIMIT, is_over)
    status = 0 if killed else _wait(child, min(end, time.monotonic() + 1))
    _kill_group(child)
    if status is None or killed:
        try:
            status = os.waitpid(child, 0)[1]
        except ChildProcessError:
            status = 0
    return data, killed, status


def _wait(child, end):
    """Wait status of a child that has closed its pipe, or None when it lingers."""
    pause = 0.0001
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status
        if time.monotonic() > end:
            return None
        time.sleep(pause)
        pause = min(pause * 2, 0.01)


def _kill_group(child):
    """Ends what the child started as well; it leads its own session."""
    for kill in (os.killpg, os.kill):
        try:
            kill(child, signal.SIGKILL)
            return
        except (ProcessLookupError, PermissionError):
            continue


def _signal_name(number):
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
