"""Which lines of a function run, how often, and how long each takes."""

from __future__ import annotations

import ast
import sys
import threading
import time
import types

from . import definitions


class Tracer:
    """Counts line events of one code object and of everything defined inside it, in every thread."""

    def __init__(self, code: types.CodeType, timed: bool = False):
        self.hits = {}
        self.seconds = {}
        self._codes = set(definitions.nested_codes(code))
        self._timed = timed
        self._line = None
        self._since = 0.0

    def __enter__(self):
        threading.settrace(self._call)
        sys.settrace(self._call)
        return self

    def __exit__(self, *_):
        sys.settrace(None)
        threading.settrace(None)
        self._charge(None)

    def _call(self, frame, event, argument):
        if frame.f_code not in self._codes:
            return None
        return self._timed_event if self._timed else self._event

    def _event(self, frame, event, argument):
        if event == "line":
            line = frame.f_lineno
            self.hits[line] = self.hits.get(line, 0) + 1
        return self._event

    def _timed_event(self, frame, event, argument):
        """Time between two events belongs to the line before: callees outside the function count for their caller."""
        if event == "line":
            line = frame.f_lineno
            self.hits[line] = self.hits.get(line, 0) + 1
            self._charge(line)
        elif event == "return":
            self._charge(frame.f_back.f_lineno if frame.f_back is not None and frame.f_back.f_code in self._codes else None)
        return self._timed_event

    def _charge(self, line):
        now = time.perf_counter()
        if self._line is not None:
            self.seconds[self._line] = self.seconds.get(self._line, 0.0) + now - self._since
        self._line = line
        self._since = time.perf_counter()


def executable_lines(code: types.CodeType, node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[int]:
    """Lines that a run can reach, of a function and everything defined inside it; its ``def`` line is not one."""
    found = set()
    for part in definitions.nested_codes(code):
        found |= {line for _, _, line in part.co_lines() if line} if hasattr(part, "co_lines") else _old_lines(part)
    return {line for line in found if line >= node.body[0].lineno}


def _old_lines(code):
    import dis  # Python 3.9 has no co_lines

    return {line for _, line in dis.findlinestarts(code) if line}
