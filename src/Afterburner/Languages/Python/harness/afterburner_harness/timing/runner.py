"""One version of one function in a process of its own: it answers calls with bytes.

Nothing is measured, compared, ordered or decided here, because this process has loaded code under review. Whoever asks
reads the CPU time of this process's control group at every step, from the first byte of the inputs to the last byte of the
answer, and compares the answers elsewhere. For every sample this process forks a child, which warms up, says that it is ready, gets
the inputs, answers, and ends: nothing that a version stores reaches the next sample, and nothing can be computed before "go".
"""

from __future__ import annotations

import json
import os

from ..functions import variants
from ..functions.targets import NotAddressable
from . import frames, layout, serving
from .version import Version


def main(inbox: int, outbox: int, apart: bool = False) -> None:
    """Loads what the first frame names, then makes a child for every command until the pipe is closed."""
    pipe = frames.Pipe(inbox, outbox, apart)
    _kept = layout.scatter(int(os.environ.get("PYTHONHASHSEED", "0")))
    request = json.loads(pipe.receive(frames.COMMAND))
    if request.get("trace"):
        serving.load_for("observe", "trace")  # before code under review, which could put something else in the place of what they use
    if "picks" in request:
        from . import intest

        try:
            intest.main(pipe, request)
        except Exception as error:
            pipe.send(frames.REPLY, json.dumps({"unfit": f"{type(error).__name__}: {error}"}).encode("utf-8", "surrogatepass"))
        return
    try:
        version = Version(request)
    except (variants.VariantError, NotAddressable) as error:
        pipe.send(frames.REPLY, json.dumps({"unfit": str(error)}).encode())
        return
    except Exception as error:
        pipe.send(frames.REPLY, json.dumps({"failed": f"{type(error).__name__}: {error}"}).encode("utf-8", "surrogatepass"))
        return
    pipe.send(frames.REPLY, json.dumps({"loaded": True}).encode())
    while True:
        try:
            command = json.loads(pipe.receive(frames.COMMAND))
        except frames.Gone:
            return
        serving.serve(pipe, version, command)
