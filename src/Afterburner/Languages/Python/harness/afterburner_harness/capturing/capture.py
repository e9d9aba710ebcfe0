"""Calls of the targets as the repository's tests make them, in three passes."""

from ..functions import loading
from . import confirming, recording, survey

PASSES = {"survey": survey.main, "record": recording.main, "confirm": confirming.main}


def main(request, emit):
    loading.prepare(request)
    PASSES[request["pass"]](request, emit)
