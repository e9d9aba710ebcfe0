"""Calls of the targets as the repository's tests make them, in three passes."""

from __future__ import annotations

from collections.abc import Callable

from ..functions import loading
from . import confirming, recording, survey

PASSES = {"survey": survey.main, "record": recording.main, "confirm": confirming.main}


def main(request: dict, emit: Callable[[dict], None]) -> None:
    loading.prepare(request)
    PASSES[request["pass"]](request, emit)
