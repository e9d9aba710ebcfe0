"""Compares two versions of a function on recorded calls.

Every run is a forked child with freshly decoded arguments: baseline, baseline again (what differs between those two
is not behaviour to hold a candidate to) and candidate. The comparison happens here, on plain trees, where neither
version has ever run.
"""

import hashlib
import io
import logging
import random
import signal
import sys
import time
import warnings

from . import aside, calls, loading, state, trees, values
from .compare import compare
from .probes import Probes
from .tracing import Tracer

CALL_SECONDS = 10.0
TRACE_SECONDS = 20.0
PRINTED = 1 << 20


def main(request, emit):
    loading.prepare(request)
    review = Replay(request, emit)
    try:
        review.load()
    except (loading.VariantError, loading.NotAddressable) as error:
        emit({"type": "rejected", "message": str(error)})
        emit({"type": "done", "calls": 0})
        return
    for call in review.calls:
        emit(review.compare(call))
    if request.get("trace") and not review.differs:
        emit(review.trace())
    emit({"type": "done", "calls": len(review.calls)})


class Replay:
    def __init__(self, request, emit):
        self.calls = request["calls"]
        self._request = request
        self._channel = getattr(emit, "channel", None)
        self._target = loading.Target.of(request["target"])
        self._entry = loading.Target.of(request.get("entry") or request["target"])
        self._tolerance = request.get("tolerance", 1e-9)
        self._call_seconds = request.get("callSeconds", CALL_SECONDS)
        self._equal = []
        self.differs = False

    def load(self):
        self._function = load(self._target, self._entry, self._request)
        sources = self._request["variants"]
        self._codes = {name: None if source is None else loading.variant(self._target, source) for name, source in sources.items()}
        self._probes = {name: Probes() for name in sources}
        self._probed = {name: source and loading.variant(self._target, source, probes=self._probes[name]) for name, source in sources.items()}
        warm(self.calls)

    def compare(self, call):
        report = {"type": "call", "id": call["id"], "compared": False, "equal": False, "orderOnly": False}
        if self.differs:
            return {**report, "why": "not run, because an earlier call differs"}
        first = self._run("baseline", call, self._call_seconds)
        if first.end != "done":
            return {**report, "why": f"the baseline {first.words}"}
        report.update(
            input=first.answer["input"], baselineSeconds=first.answer["seconds"],
            digest=trees.digest_tree(first.answer["seen"]), orderDigest=_order_digest(first.answer["seen"]))
        second = self._run("baseline", call, self._call_seconds)
        if second.end != "done" or compare(first.answer["seen"], second.answer["seen"], tolerance=0.0) is not None:
            return {**report, "why": "the baseline does not do the same twice"}
        report["compared"] = True
        limit = min(self._call_seconds, max(2.0, 20 * first.answer["seconds"]))
        candidate = self._run("candidate", call, limit)
        if candidate.end != "done":
            self.differs = True
            took = f" (the baseline took {first.answer['seconds']:.3g} s)" if candidate.end == "timeout" else ""
            return {**report, "end": candidate.end, "difference": f"the candidate {candidate.words}{took}"}
        difference = compare_seen(first.answer["seen"], candidate.answer["seen"], self._tolerance)
        if difference is not None:
            self.differs = self.differs or not difference.order_only
            return {**report, "difference": difference.text, "orderOnly": difference.order_only}
        self._equal.append((call, first.answer["seconds"]))
        return {**report, "equal": True}

    def trace(self):
        """Lines and arms that ran in both versions, and what the candidate leaves behind that the baseline does not."""
        ran = {key: set() for key in ("executed", "baselineExecuted", "arms", "baselineArms")}
        report = {"type": "trace", "traced": 0, "state": []}
        end = time.monotonic() + self._request.get("traceSeconds", TRACE_SECONDS)
        kept = set()
        for call, _ in sorted(self._equal, key=lambda pair: (pair[0].get("scale", 1) != 1, pair[1])):
            left = end - time.monotonic()
            if left < 0.5:
                break
            baseline = self._traced("baseline", call, left)
            candidate = self._traced("candidate", call, left)
            if baseline.end != "done" or candidate.end != "done":
                continue
            report["traced"] += 1
            ran["executed"].update(candidate.answer["lines"])
            ran["baselineExecuted"].update(baseline.answer["lines"])
            ran["arms"].update(candidate.answer["arms"])
            ran["baselineArms"].update(baseline.answer["arms"])
            kept.update(set(candidate.answer["changed"]) - set(baseline.answer["changed"]))
            if candidate.answer["learns"] and not baseline.answer["learns"]:
                kept.add("a second, equal call takes another way through the function")
        report["state"] = sorted(kept)
        return {**report, **{key: sorted(numbers) for key, numbers in ran.items()}}

    def _run(self, side, call, seconds):
        def work():
            loading.use(self._target, self._codes[side])
            arguments = calls.decode(call["blob"])
            described = values.describe_call(self._entry.name, arguments)
            return {**observe(self._function, arguments), "input": described}

        return aside.run(work, seconds, self._channel)

    def _traced(self, side, call, seconds):
        def work():
            code = self._probed[side]
            loading.use(self._target, code)
            code = code or loading.original_code(self._target)
            inputs = [calls.decode(call["blob"]) for _ in range(2)]
            function = loading.functions(self._target)[-1]
            before = state.snapshot(function)
            first, after = self._hits(code, inputs[0]), state.snapshot(function)
            arms = sorted(self._probes[side].ran)
            second = self._hits(code, inputs[1])
            return {"lines": sorted(first), "arms": arms, "changed": state.changes(before, after), "learns": first != second}

        return aside.run(work, seconds, self._channel)

    def _hits(self, code, arguments):
        steady()
        with Tracer(code) as tracer:
            outcome(self._function, arguments)
        return tracer.hits


def load(target, entry, request):
    """The function that is called, with target and entry imported under the names they had in the tests."""
    loading.watch([target, entry])
    recorded = [calls.module_of(call["blob"]) for call in request.get("calls", ())[:1]]
    entry_module = recorded[0] if recorded else None
    loading.function(target, request.get("module") or (entry_module if entry == target else None))
    return loading.function(entry, entry_module or request.get("module"))


def warm(recorded):
    """Imports here what the arguments' classes need, so that no child has to. What cannot be decoded is found out later."""
    for call in recorded:
        signal.signal(signal.SIGALRM, _stop)
        signal.setitimer(signal.ITIMER_REAL, 10)
        try:
            calls.decode(call["blob"])
        except Exception:
            continue
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


def _stop(*_):
    raise TimeoutError


def steady():
    """The same random numbers in every run, so that functions that draw some can be compared."""
    random.seed(20250523)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(20250523)


def outcome(function, arguments, items=trees.DRAIN):
    """``("return", value)`` or ``("raise", exception)``, with coroutines run and iterators read."""
    try:
        return "return", calls.invoke(function, arguments, items)
    except BaseException as error:
        return "raise", error


def observe(function, arguments):
    """Makes a call and writes down all a user could see of it: as one tree, because values may be shared between parts."""
    steady()
    printed, logged = _Printed(), _Logged()
    root = logging.getLogger()
    sys.stdout = printed
    root.addHandler(logged)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        start = time.perf_counter()
        way, value = outcome(function, arguments)
        seconds = time.perf_counter() - start
    root.removeHandler(logged)
    try:
        seen = {
            "way": way, "parts": trees.freeze([value, arguments]), "printed": printed.text(), "logged": logged.records,
            "warned": sorted(f"{w.category.__name__}: {w.message}" for w in warned),
        }
    except trees.TooLarge as error:
        raise aside.Failure("too large", f"left values that are {error}") from error
    return {"seconds": seconds, "seen": seen}


def compare_seen(first, second, tolerance):
    """Where two observations differ: result first, then what happened to the arguments, then what was written."""
    (result, arguments), (other_result, other_arguments) = first["parts"]["list"], second["parts"]["list"]
    if first["way"] != second["way"]:
        return values.Difference("outcome", f"{_words(first['way'], result)} != {_words(second['way'], other_result)}")
    found = compare(result, other_result, "return" if first["way"] == "return" else "exception", tolerance)
    order = found if found is not None and found.order_only else None
    if found is not None and order is None:
        return found
    for (name, ours), (_, theirs) in zip(arguments["dict"], other_arguments["dict"]):
        found = compare(ours, theirs, f"argument {name} afterwards", tolerance)
        if found is not None and not found.order_only:
            return found
        order = order or found
    for part in ("printed", "logged", "warned"):
        found = compare(first[part], second[part], part, tolerance)
        if found is not None:
            return found
    return order


def _words(way, tree):
    return f"returned {values.show(tree)}" if way == "return" else f"raised {values.show(tree)}"


def _order_digest(tree):
    return hashlib.blake2b(trees.text_of(tree).encode("ascii"), digest_size=16).hexdigest()


class _Printed(io.StringIO):
    """Keeps the start of what is printed and counts the rest."""

    def __init__(self):
        super().__init__()
        self._length = 0

    def write(self, text):
        room = PRINTED - self._length
        self._length += len(text)
        if room > 0:
            super().write(text[:room])
        return len(text)

    def text(self):
        text = trees.without_addresses(self.getvalue())
        return text if self._length <= PRINTED else f"{text}… {self._length} characters"


class _Logged(logging.Handler):
    """Keeps what is logged; records of disabled levels never get here."""

    def __init__(self):
        super().__init__()
        self.records = []

    def emit(self, record):
        if len(self.records) < 1000:
            self.records.append(f"{record.name} {record.levelname}: {trees.without_addresses(record.getMessage())}")
