"""Calls of the targets as the repository's tests make them, in three passes."""

from . import confirming, loading, recording, survey

PASSES = {"survey": survey.main, "record": recording.main, "confirm": confirming.main}


def main(request, emit):
    loading.prepare(request)
    PASSES[request["pass"]](request, emit)
