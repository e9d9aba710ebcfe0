"""Has commands carried out by children of the process that loaded a version."""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
from collections.abc import Callable
from time import sleep  # now: code under review may put another function in its place

from . import frames
from .commands import MODULES, WAYS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .version import Version


def serve(pipe: frames.Pipe, version: Version, command: dict, after: Callable[[], None] = lambda: None) -> None:
    """Has one command carried out by a child, and says how that ended; ``after`` puts right what the child left."""
    load_for(command["do"], command.get("encoder"))  # here, so that no child has to: neither while it is timed nor for each call anew

    def work():
        try:
            os.setpgid(0, 0)
            version.isolate(pipe)
            if command.get("cpu") is not None:
                _stay_on(command["cpu"])
            gc.disable()
            WAYS[command["do"]](pipe, version, command)
            os._exit(0)
        finally:
            os._exit(70)

    child, status = _orphan(work) if pipe.apart else _child(work)
    try:
        if child is not None:
            os.killpg(child, signal.SIGKILL)
    except OSError:
        pass  # it started nothing
    after()
    pipe.send(frames.ENDED, json.dumps({"status": status}).encode())


def load_for(*needs: str | None) -> None:
    """Imports what these commands and encoders need."""
    for name in (name for need in needs for name in MODULES.get(need, ())):
        importlib.import_module(name)


def _child(work):
    """Has ``work`` done by a child. Its number, and how it ended."""
    child = os.fork()
    if child == 0:
        work()
    return child, os.waitpid(child, 0)[1]


def _orphan(work):
    """The same with a child of a process that nobody here reaps, so that the first process does. None for what cannot be told."""
    told, tell = os.pipe()
    between = os.fork()
    if between == 0:
        try:
            if os.fork() == 0:
                os.close(told)
                while os.getppid() != 1:
                    sleep(0.0002)  # until the one between is gone: it is no part of the sample
                child = os.fork()
                if child == 0:
                    os.close(tell)
                    work()
                os.write(tell, b"%d " % child)
                os.write(tell, b"%d " % os.waitpid(child, 0)[1])
        finally:
            os._exit(0)
    os.close(tell)
    os.waitpid(between, 0)
    numbers = b""
    while part := os.read(told, 100):
        numbers += part
    os.close(told)
    child, status, *_ = [*map(int, numbers.split()), None, None]
    return child, status


def _stay_on(core):
    try:
        os.sched_setaffinity(0, {core})
    except OSError:
        pass  # this sandbox may not use it
