"""Entry of the harness: ``run.py COMMAND`` answers one JSON request with JSON lines.

Standard output belongs to the answer alone. It is duplicated before anything else happens, and descriptor 1 then
points at /dev/null, so that nothing the code under test prints can mix into the answer.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import types
from collections.abc import Callable

COMMANDS = {
    "tests": "running.tests",
    "capture": "capturing.capture",
    "forkcompare": "capturing.forking",
    "swaptrial": "timing.swapping",
    "answers": "comparing.answers",
    "amplify": "growing.amplify",
    "lines": "timing.lines",
    "check": "checking.check",
    "context": "explaining.context",
    "detect": "rewriting.detect",
    "flow": "rewriting.flow",
    "imports": "timing.imports",
}


def open_channel() -> int:
    """The real standard output, out of the reach of ``print``, ``sys.stdout`` and child programs."""
    channel = os.dup(1)
    os.set_inheritable(channel, False)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return channel


def emitter(channel: int) -> Callable[[dict], None]:
    owner = os.getpid()

    def emit(message):
        """Writes one line. A forked child has no say: only the process that got the request answers it."""
        if os.getpid() != owner:
            return
        data = (json.dumps(message) + "\n").encode("utf-8", "surrogatepass")
        while data:
            data = data[os.write(channel, data):]

    emit.channel = channel
    return emit


def talk(channel: int) -> None:
    """The one command that is talked to: its standard input, too, is out of the reach of the code under test."""
    inbox = os.dup(0)
    os.set_inheritable(inbox, False)
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    os.close(nowhere)
    module("timing.runner").main(inbox, channel, apart=sys.argv[2:] == ["apart"])


def module(name: str) -> types.ModuleType:
    """The repository must not be able to import the harness by accident, nor a file of the harness shadow its own."""
    package_home = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [p for p in sys.path if os.path.abspath(p or ".") != package_home]
    sys.path.insert(0, package_home)
    gc.disable()  # of what is imported nothing is garbage
    found = importlib.import_module("afterburner_harness." + name)
    gc.enable()
    sys.path.remove(package_home)
    return found


def main() -> int:
    if sys.argv[1] == "first":
        module("timing.first").main(sys.argv[2:])
        return 0
    channel = open_channel()
    if sys.argv[1] == "runner":
        talk(channel)
        return 0
    import traceback  # before anything of the repository is on the path; the runner starts sooner without it

    emit = emitter(channel)
    try:
        command = COMMANDS[sys.argv[1]]
        request = json.load(sys.stdin.buffer)
        module(command).main(request, emit)
    except BaseException as error:  # noqa: B902 - a harness that dies silently would look like a candidate that failed
        emit({"type": "error", "message": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()[-4000:]})
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    # Threads and exit handlers of the code under test must not keep the process alive or write after the answer.
    sys.stderr.flush()
    os._exit(code)
