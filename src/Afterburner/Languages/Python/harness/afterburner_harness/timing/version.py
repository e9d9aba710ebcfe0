"""One version of a function, in use in this process."""

from __future__ import annotations

import gc
import os
from time import thread_time_ns  # now: code under review may put another function in its place

from ..calls import making, stored
from ..functions import loading, variants
from ..functions.targets import Target
from .frames import Pipe, unpack

WARM_NS = 2_000_000  # CPU time of warming up a child
WARM_REPEATS = 32


class Version:
    """The function of this version, in use in this process, and calls to warm a child up with."""

    repeats = True  # arguments can be had more than once

    def __init__(self, request: dict):
        loading.prepare(request)
        self.target = Target.of(request["target"])
        self.entry = Target.of(request["entry"])
        loading.watch([self.target, self.entry])
        recorded = stored.module_of(request["like"]) if request.get("like") else None
        loading.function(self.target, recorded if self.entry == self.target else None)
        self.function = loading.function(self.entry, recorded)
        making.prepare(self.function)
        self.use(request)
        self.warm = request.get("warmup") or []
        for blob in [*self.warm, *filter(None, [request.get("like")])]:
            try:
                stored.decode(blob)  # imports what the arguments' classes need, so that no child has to
            except Exception:
                continue
        gc.collect()
        gc.freeze()

    def use(self, request: dict) -> None:
        """Puts the code of this version in its place."""
        source = request.get("file")
        if source is not None:
            loading.use(self.target, variants.variant(self.target, source))
        if request.get("trace"):
            from ..calls import replay
            from ..functions.probes import Probes

            self.probes = Probes()
            self.probed = self._probed(source)
            replay.ready(self.function)

    def _probed(self, source):
        """This version with its arms marked; None: of the file as it lies they are not known."""
        if source is not None:
            return variants.variant(self.target, source, probes=self.probes)
        try:
            with open(self.target.file, "rb") as file:
                return variants.variant(self.target, file.read(), probes=self.probes)
        except (OSError, variants.VariantError):
            return None

    def isolate(self, pipe: Pipe) -> None:
        """Cuts a child off from what it shares with this process."""
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)

    def trace_left(self) -> str | None:
        """What a child did that others could see, or None: here it shares nothing."""

    def warm_up(self) -> None:
        """Runs calls that are not timed until the interpreter has specialised the code, or two milliseconds are over."""
        start = thread_time_ns()
        for _ in range(WARM_REPEATS):
            for blob in self.warm:
                try:
                    making.invoke(self.function, stored.decode(blob))
                except BaseException:
                    pass
                if thread_time_ns() - start > WARM_NS:
                    return

    def arguments(self, content: bytes) -> list[dict]:
        """Fresh arguments of each call that the inputs hold."""
        return [stored.decode_bytes(blob) for blob in unpack(content)]
