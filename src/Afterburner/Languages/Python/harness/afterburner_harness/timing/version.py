"""One version of a function, in use in this process."""

from __future__ import annotations

import gc
import os

from ..calls import making, stored
from ..functions import loading, variants
from ..functions.targets import Target
from . import warming
from .frames import Pipe, unpack


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
        self.like = [*filter(None, [request.get("like")])]
        for blob in [*self.warm, *self.like]:
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

    def warm_up(self, encoder: str, changed: bool) -> None:
        """Makes calls that are not timed, see ``warming``."""
        warming.warm_up(self, encoder, changed)

    def warm_again(self, encoder: str, changed: bool) -> None:
        """The same in short, right before the version is asked."""
        warming.warm_again(self, encoder, changed)

    def make_room(self, size: int) -> None:
        """Memory: a half for the inputs, and a half that only the calls get, see ``free_rest_of_room``: restoring large inputs would use it up."""
        self.rest, self.room = warming.Room(size // 2), warming.Room(size // 2)
        self.room.clear()

    def free_rest_of_room(self) -> None:
        """The inputs are restored."""
        self.rest.clear()

    def arguments(self, content: bytes) -> list[dict]:
        """Fresh arguments of each call that the inputs hold."""
        return [stored.decode_bytes(blob) for blob in unpack(content)]
