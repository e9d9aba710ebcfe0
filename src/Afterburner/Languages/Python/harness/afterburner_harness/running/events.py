"""What happens while the repository's tests run, and who is told."""

import os

TEXT_LIMIT = 4000


class Events:
    """What happens while tests run; a listener overrides what it needs."""

    def started(self, test):
        """A test begins: fixtures, setUp and all."""

    def finished(self, test, outcome, seconds, text):
        """A test ended, teardown included. `text` is empty unless it failed."""

    def between(self):
        """No test runs: collection, or the time after one test's end."""


class Telling(Events):
    """Writes each outcome as a message of its own."""

    def __init__(self, emit):
        self.emit = emit
        self.count = 0

    def started(self, test):
        self.emit({"type": "started", "id": test})

    def finished(self, test, outcome, seconds, text):
        self.count += 1
        message = {"type": "outcome", "id": test, "outcome": outcome, "seconds": round(seconds, 6)}
        if text:
            message["text"] = shorten(text)
        self.emit(message)


class OnlyHere(Events):
    """Passes events on in the process that runs the tests, not in children that a test forked."""

    def __init__(self, events):
        self.events = events
        self.process = os.getpid()

    def started(self, test):
        if os.getpid() == self.process:
            self.events.started(test)

    def finished(self, test, outcome, seconds, text):
        if os.getpid() == self.process:
            self.events.finished(test, outcome, seconds, text)

    def between(self):
        if os.getpid() == self.process:
            self.events.between()


def shorten(text):
    """Keeps the head and the (longer) tail: where it began and what went wrong."""
    if len(text) <= TEXT_LIMIT:
        return text
    head = TEXT_LIMIT // 4
    return text[:head] + "\n...\n" + text[-(TEXT_LIMIT - head):]
