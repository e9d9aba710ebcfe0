"""Runs tests with unittest and listens to its results."""

from __future__ import annotations

import os
import time
import unittest
from collections.abc import Iterator

from .events import Events


def run_unittest(arguments: list[str], wanted: list[str] | None, events: Events) -> str | None:
    suite = discover(arguments)
    tests = list(flatten(suite))
    if wanted is not None:
        chosen = set(wanted)
        suite = unittest.TestSuite(test for test in tests if test.id() in chosen)
    events.between()
    result = Listener(events)
    suite.run(result)
    return None


def discover(arguments: list[str]) -> unittest.TestSuite:
    """`unittest discover` with the given arguments, or the first of the usual places that holds tests."""
    loader = unittest.TestLoader()
    start, pattern, top = discovery_options(arguments)
    if start:
        return loader.discover(start, pattern, top)
    for place in (".", "tests", "test"):
        if not os.path.isdir(place):
            continue
        # Without a package marker a folder is its own top level, as `python -m unittest discover -s tests` has it.
        suite = unittest.TestLoader().discover(place, pattern)
        if suite.countTestCases():
            return suite
    return unittest.TestSuite()


def discovery_options(arguments: list[str]) -> tuple[str | None, str, str | None]:
    import argparse

    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("command", nargs="?")
    parser.add_argument("start", nargs="?")
    parser.add_argument("-s", "--start-directory", dest="start_option")
    parser.add_argument("-p", "--pattern", default="test*.py")
    parser.add_argument("-t", "--top-level-directory", dest="top")
    known, _ = parser.parse_known_args(arguments)
    start = known.start_option or known.start or (known.command if known.command != "discover" else None)
    return start, known.pattern, known.top


def flatten(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flatten(test)
        elif test is not None:
            yield test


class Listener(unittest.TestResult):
    """Gathers what unittest says about a test until it stops, then tells one outcome."""

    ORDER = ("error", "failed", "xpassed", "xfailed", "skipped", "passed")

    def __init__(self, events: Events):
        super().__init__()
        self.events = events
        self.began = {}
        self.seen = {}
        self.texts = {}

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self.began[test.id()] = time.perf_counter()
        self.seen[test.id()] = set()
        self.events.started(test.id())

    def stopTest(self, test: unittest.TestCase) -> None:
        super().stopTest(test)
        name = test.id()
        seen = self.seen.pop(name, set())
        outcome = next((word for word in self.ORDER if word in seen), "error")
        self.events.finished(name, outcome, time.perf_counter() - self.began.pop(name, 0), self.texts.pop(name, ""))
        self.events.between()

    def note(self, test: unittest.TestCase, outcome: str, error: tuple | None = None) -> None:
        name = test.id()
        text = self._exc_info_to_string(error, test) if error else ""
        if name in self.seen:
            self.seen[name].add(outcome)
            if outcome in ("error", "failed") and text:
                self.texts[name] = text
        else:  # set-up of a class or module failed or was skipped: there is no test of that name
            self.events.finished(name, outcome, 0.0, text)

    def addSuccess(self, test: unittest.TestCase) -> None:
        self.note(test, "passed")

    def addError(self, test: unittest.TestCase, err: tuple) -> None:
        self.note(test, "error", err)

    def addFailure(self, test: unittest.TestCase, err: tuple) -> None:
        self.note(test, "failed", err)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        self.note(getattr(test, "test_case", test), "skipped")

    def addExpectedFailure(self, test: unittest.TestCase, err: tuple) -> None:
        self.note(test, "xfailed")

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        self.note(test, "xpassed")

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: tuple | None) -> None:
        if err is not None:
            self.note(test, "failed" if issubclass(err[0], test.failureException) else "error", err)
