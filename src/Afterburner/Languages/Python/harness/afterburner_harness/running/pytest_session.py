"""Runs tests with pytest and listens to its session."""

from __future__ import annotations

from collections.abc import Callable

from ..functions import marking
from .events import Events, shorten

# Settings that have no option. What requires a plugin that is not there runs as far as it can.
OURS = ["-o", "required_plugins=", "-o", "strict_config=false"]


def run_pytest(arguments: list[str], wanted: list[str] | None, events: Events, protocol: Callable | None = None) -> str | None:
    """`protocol(item, nextitem)`, when given, runs an item in its own way; it returns the reports that count."""
    import pytest
    from _pytest.assertion.rewrite import AssertionRewritingHook

    from .pytest_plugin import Choice, Settings

    marking.through(AssertionRewritingHook)
    plugin = OwnProtocol(events, protocol) if protocol else Plugin(events)
    chosen = [] if wanted is None else [Choice(wanted)]
    code = pytest.main([*OURS, *arguments], plugins=[Settings(), *chosen, plugin])
    plugin.flush()
    if plugin.internal_error:
        return "pytest failed: " + shorten(plugin.internal_error)
    if int(code) == 4:
        return "pytest rejected its arguments or its configuration (see its standard error)"
    return None


class Plugin:
    """Listens to one pytest session."""

    def __init__(self, events: Events):
        self.events = events
        self.open = {}
        self.internal_error = None

    def pytest_collection(self) -> None:
        self.events.between()

    def pytest_collectreport(self, report: object) -> None:
        if report.failed:
            self.events.finished(report.nodeid or ".", "error", 0.0, report.longreprtext)
        elif report.skipped and report.nodeid.endswith(".py"):
            self.events.finished(report.nodeid, "skipped", 0.0, "")

    def pytest_runtest_logstart(self, nodeid: str, location: tuple) -> None:
        self.open[nodeid] = []
        self.events.started(nodeid)

    def pytest_runtest_logreport(self, report: object) -> None:
        self.open.setdefault(report.nodeid, []).append(report)

    def pytest_runtest_logfinish(self, nodeid: str, location: tuple) -> None:
        reports = self.open.pop(nodeid, [])
        self.events.finished(nodeid, outcome_of(reports), sum(r.duration for r in reports), text_of(reports))
        self.events.between()

    def pytest_internalerror(self, excrepr: object) -> None:
        self.internal_error = str(excrepr)

    def flush(self) -> None:
        """Tests that began and were never finished (a session that was broken off) count as errors."""
        for test, reports in self.open.items():
            self.events.finished(test, "error", sum(r.duration for r in reports), "the session ended during this test")
        self.open.clear()


class OwnProtocol(Plugin):
    """A session in which every test is run by the caller's protocol, once or many times."""

    def __init__(self, events: Events, protocol: Callable):
        super().__init__(events)
        self.protocol = protocol

    def pytest_runtest_protocol(self, item: object, nextitem: object) -> bool:
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for report in self.protocol(item, nextitem):
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True


def outcome_of(reports: list) -> str:
    """One word for the reports of set-up, call and teardown (and of subtests)."""
    if any(r.failed and r.when in ("setup", "teardown") for r in reports):
        return "error"
    if any(r.failed for r in reports):
        return "failed"
    if any(r.skipped and hasattr(r, "wasxfail") for r in reports):
        return "xfailed"
    if any(r.skipped for r in reports):
        return "skipped"
    if any(r.passed and hasattr(r, "wasxfail") and r.when == "call" for r in reports):
        return "xpassed"
    return "passed" if any(r.when == "call" for r in reports) else "error"


def text_of(reports: list) -> str:
    return "\n".join(r.longreprtext for r in reports if r.failed)
