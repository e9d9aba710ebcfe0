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
from .workload import run_workload, without_workload


def main(request: dict, emit: Callable[[dict], None]) -> None:
    """Request: runner, arguments, workload (command lines), tests (ids; absent for all). One message an outcome."""
    loading.prepare(request)
    events = Telling(emit)
    problem = run(request, events)
    finish(emit, problem, collected=events.count)


def run(request: dict, events: Events, protocol: Callable | None = None) -> str | None:
    """Runs the tests of a request, and then its workload. Returns None, or why the runner itself could not do its work.

    With a protocol of the caller's the workload is left out: only tests can be run many times.
    """
    sys.argv = [request.get("runner") or "pytest"]
    marking.through_runpy()
    guarded = OnlyHere(events)
    wanted = request.get("tests")
    wanted = None if wanted is None else list(wanted)
    commands = [] if protocol else request.get("workload") or []
    tests = without_workload(wanted)
    problem = None
    if request.get("runner") == "unittest":
        problem = run_unittest(request.get("arguments") or [], tests, guarded)
    elif tests != [] or not commands:
        problem = run_pytest(request.get("arguments") or [], tests, guarded, protocol)
    if problem is None:
        run_workload(commands, wanted, guarded)
    return problem


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
