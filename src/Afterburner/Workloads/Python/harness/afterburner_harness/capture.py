"""Calls of the targets as the repository's tests make them, in two passes: `survey`, then `record`."""

from . import loading, recording, survey

PASSES = {"survey": survey.main, "record": recording.main}


def main(request, emit):
    loading.prepare(request)
    PASSES[request["pass"]](request, emit)
