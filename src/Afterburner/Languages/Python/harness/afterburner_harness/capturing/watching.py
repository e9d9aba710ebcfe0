"""Listens to the tests and to the first statements of targets at once: which call is made by which test."""

from __future__ import annotations

import os
import sys
import threading
import types
from collections.abc import Callable

from ..running.events import Telling


class Watching(Telling):
    """``called`` is told of every call, but for those of forked processes and those that it causes itself."""

    def __init__(self, emit: Callable[[dict], None]):
        super().__init__(emit)
        self.test = None
        self.process = os.getpid()  # None: what still runs is not looked at any more
        self.busy = threading.local()

    def started(self, test: str) -> None:
        self.test = test
        super().started(test)

    def between(self) -> None:
        self.test = None

    def looking(self) -> bool:
        """Whether a call that happens now counts."""
        return os.getpid() == self.process and not getattr(self.busy, "now", False)

    def enter(self, target_id: str, names: dict) -> None:
        """First statement of a target."""
        if not self.looking():
            return
        self.busy.now = True
        try:
            self.called(target_id, names, sys._getframe(1))
        except Exception as error:  # whatever happens here, a recursion limit that is reached as well, is not the test's
            self.failed(error)
        finally:
            self.busy.now = False

    def called(self, target_id: str, names: dict, frame: types.FrameType) -> None:
        """A call begins; ``names`` are the locals of its frame."""
        raise NotImplementedError

    def failed(self, error: BaseException) -> None:
        """``called`` did not come to its end."""
