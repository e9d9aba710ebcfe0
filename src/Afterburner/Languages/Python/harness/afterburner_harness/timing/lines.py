"""Line profile of a function over recorded calls: where its time goes, for prompts and for people."""

from __future__ import annotations

import time
from collections.abc import Callable

from ..calls import aside, making, stored
from ..calls.replay import load, outcome, warm
from ..functions import loading, variants
from ..functions.targets import NotAddressable, Target
from ..functions.tracing import Tracer

TOTAL_SECONDS = 1.5
SLOWER = 60  # times that a call takes as long when its lines are timed


def main(request: dict, emit: Callable[[dict], None]) -> None:
    loading.prepare(request)
    target = Target.of(request["target"])
    entry = Target.of(request.get("entry") or request["target"])
    try:
        function = load(target, entry, request)
        source = request.get("source")
        code = None if source is None else variants.variant(target, source)
    except (variants.VariantError, NotAddressable) as error:
        emit({"type": "rejected", "message": str(error)})
        emit({"type": "done", "calls": 0})
        return
    warm(request["calls"])
    seconds, hits, profiled = {}, {}, 0
    end = time.monotonic() + request.get("totalSeconds", TOTAL_SECONDS)
    calls = sorted(request["calls"], key=lambda c: -c.get("seconds", 0))
    for number, call in enumerate(calls, 1):
        left = end - time.monotonic()
        if left <= 0:
            break
        # The largest that fit; where none does, the smallest is tried.
        if call.get("seconds", 0) * SLOWER > left and (profiled or number < len(calls)):
            continue
        ended = aside.run(lambda: _profile(target, function, code, call), TOTAL_SECONDS if number == len(calls) and not profiled else left, emit.channel)
        if ended.end != "done":
            continue
        profiled += 1
        for line, spent, count in ended.answer:
            seconds[line] = seconds.get(line, 0.0) + spent
            hits[line] = hits.get(line, 0) + count
    total = sum(seconds.values()) or 1.0
    # Lines count from the first of the function's span, as the span is what a proposer sees.
    emit({"type": "lines", "lines": [
        {"line": line - target.line + 1, "share": seconds.get(line, 0.0) / total, "hits": count}
        for line, count in sorted(hits.items()) if line >= target.line
    ]})
    emit({"type": "done", "calls": profiled})


def _profile(target, function, code, call):
    loading.use(target, code)
    arguments = stored.decode(call["blob"])
    making.steady()
    with Tracer(code or loading.original_code(target), timed=True) as tracer:
        outcome(function, arguments)
    return [[line, tracer.seconds.get(line, 0.0), count] for line, count in tracer.hits.items()]
