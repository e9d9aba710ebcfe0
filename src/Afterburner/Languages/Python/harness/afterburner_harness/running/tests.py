"""Runs the repository's tests in this process and tells the outcome of each one.

Outcomes are told one by one, not as an exit code, so that a candidate is compared test by test. Nothing about the
tests is changed but what would hide outcomes (stop at the first failure), move them to other processes (xdist) or
measure them (coverage).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from ..functions import loading, marking
from .events import Events, OnlyHere, Telling
from .pytest_session import run_pytest
from .unittest_session import run_unittest


def main(request: dict, emit: Callable[[dict], None]) -> None:
    """Request: runner, arguments, tests (ids; absent for all). One message an outcome."""
    loading.prepare(request)
    events = Telling(emit)
    problem = run(request, events)
    finish(emit, problem, collected=events.count)


def run(request: dict, events: Events, protocol: Callable | None = None) -> str | None:
    """Runs the tests of a request. Returns None, or why the runner itself could not do its work."""
    sys.argv = [request.get("runner") or "pytest"]
    marking.through_runpy()
    guarded = OnlyHere(events)
    wanted = request.get("tests")
    wanted = None if wanted is None else list(wanted)
    if request.get("runner") == "unittest":
        return run_unittest(request.get("arguments") or [], wanted, guarded)
    return run_pytest(request.get("arguments") or [], wanted, guarded, protocol)


def finish(emit: Callable[[dict], None], problem: str | None, **facts: object) -> None:
    """Says that the run came to its end, and leaves at once: threads or exit handlers of the tests may hang."""
    done = {"type": "done", **facts}
    if problem:
        done["problem"] = problem
    emit(done)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass
    os._exit(0)
