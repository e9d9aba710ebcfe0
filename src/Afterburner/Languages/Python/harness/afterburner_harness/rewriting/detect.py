"""What is often slow in one function and has no recipe. No code under review runs here."""

from __future__ import annotations

from collections.abc import Callable

from .dataflow import Flow, Observed
from .flow_detectors import catalogue
from .text import FunctionText, Module, NoRewrite


def main(request: dict, emit: Callable[[dict], None]) -> None:
    """Request: as for ``flow``, without patterns; answer: a line a hint, with the 1-based ``line`` of the source."""
    try:
        text = FunctionText(request["source"], request["indent"], Module(request["file"]))
        flow = Flow(text, Observed(request.get("observed")))
        first = 1 if request["indent"] else 0
        for detector in catalogue().values():
            for node in detector.find(flow):
                emit({"type": "hint", "id": detector.ID, "title": detector.TITLE, "line": node.lineno - first})
    except (NoRewrite, SyntaxError, ValueError, RecursionError):
        pass  # what does not parse has no hints
    emit({"type": "done"})
