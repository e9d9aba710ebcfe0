"""What happens while the repository's tests run, and who is told."""

from __future__ import annotations

import os
from collections.abc import Callable

TEXT_LIMIT = 4000


class Events:
    """What happens while tests run; a listener overrides what it needs."""

    def started(self, test: str) -> None:
        """A test begins: fixtures, setUp and all."""

    def finished(self, test: str, outcome: str, seconds: float, text: str) -> None:
        """A test ended, teardown included. `text` is empty unless it failed."""

    def between(self) -> None:
        """No test runs: collection, or the time after one test's end."""


class Telling(Events):
    """Writes each outcome as a message of its own."""

    def __init__(self, emit: Callable[[dict], None]):
        self.emit = emit
        self.count = 0

    def started(self, test: str) -> None:
        self.emit({"type": "started", "id": test})

    def finished(self, test: str, outcome: str, seconds: float, text: str) -> None:
        self.count += 1
        message = {"type": "outcome", "id": test, "outcome": outcome, "seconds": round(seconds, 6)}
        if text:
            message["text"] = shorten(text)
        self.emit(message)


class OnlyHere(Events):
    """Passes events on in the process that runs the tests, not in children that a test forked."""

    def __init__(self, events: Events):
        self.events = events
        self.process = os.getpid()

    def started(self, test: str) -> None:
        if os.getpid() == self.process:
            self.events.started(test)

    def finished(self, test: str, outcome: str, seconds: float, text: str) -> None:
        if os.getpid() == self.process:
            self.events.finished(test, outcome, seconds, text)

    def between(self) -> None:
        if os.getpid() == self.process:
            self.events.between()


def shorten(text: str) -> str:
    """Keeps the head and the (longer) tail: where it began and what went wrong."""
    if len(text) <= TEXT_LIMIT:
        return text
    head = TEXT_LIMIT // 4
    return text[:head] + "\n...\n" + text[-(TEXT_LIMIT - head):]
