"""Runs the repository's own scripts beside its tests, in the same process, so that their calls are seen like those of tests."""

from __future__ import annotations

import os
import runpy
import shlex
import sys
import time
import traceback

from .events import Events

# What an outcome of a command is called by, before the command itself; no test's id begins so.
PREFIX = "workload: "


def run_workload(commands: list[str], wanted: list[str] | None, events: Events) -> None:
    """Runs ``python FILE ...`` and ``python -m MODULE ...`` one after the other: each is told like a test, and passes where it ends with code 0."""
    for command in commands:
        if wanted is not None and PREFIX + command not in wanted:
            continue
        events.started(PREFIX + command)
        began = time.perf_counter()
        outcome, text = run_command(shlex.split(command)[1:])
        events.finished(PREFIX + command, outcome, time.perf_counter() - began, text)
        events.between()


def without_workload(wanted: list[str] | None) -> list[str] | None:
    """The tests among what is wanted."""
    return None if wanted is None else [test for test in wanted if not test.startswith(PREFIX)]


def run_command(words: list[str]) -> tuple[str, str]:
    """Runs a script, or a module, as the interpreter would with these words. Returns its outcome and what it says of its failure."""
    arguments, paths, folder, environment = sys.argv, list(sys.path), os.getcwd(), dict(os.environ)
    try:
        if words[0] == "-m":
            sys.argv = words[1:]
            sys.path.insert(0, folder)
            runpy.run_module(words[1], run_name="__main__", alter_sys=True)
        else:
            sys.argv = list(words)
            sys.path.insert(0, os.path.dirname(os.path.realpath(words[0])))
            runpy.run_path(words[0], run_name="__main__")
    except SystemExit as end:
        if end.code not in (None, 0):
            return "failed", f"it ends with {end.code!r}"
    except BaseException:  # noqa: B902 - whatever ends a script is that script's affair
        return "failed", traceback.format_exc()
    finally:
        sys.argv, sys.path[:] = arguments, paths
        os.chdir(folder)
        if dict(os.environ) != environment:
            os.environ.clear()
            os.environ.update(environment)
    return "passed", ""
