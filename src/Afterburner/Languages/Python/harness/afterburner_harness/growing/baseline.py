"""What the baseline does on calls while larger ones are made: each call in a child of its own."""

from __future__ import annotations

import types
from collections.abc import Callable
from time import monotonic, thread_time  # now: code under review may put others in their place

from ..calls import aside, making, stored, values
from ..calls.replay import observe, outcome
from ..comparing import trees
from ..comparing.iterators import Drained
from .fresh import CannotGrow

ONLY = "only"
# Comparing, hashing and storing cost the harness microseconds a node: beyond this, every later step of a review is slow.
NODES = 24_000
BLOB_LIMIT = 8 << 20
MAKING_SECONDS = 4
QUICK_SECONDS, TIMES_USUAL = 0.25, 10  # CPU time after which a call that is no larger than a recorded one has no end
_QUICK, _AGAIN = 0.001, 3  # seconds below which an interruption, or a page that is new to a process, looks like growth; further looks
_GROWTH = 1.5
_PLAIN = ("KeyError", "IndexError", "ValueError", "TypeError", "AttributeError", "ZeroDivisionError", "OverflowError", "StopIteration",
          "UnboundLocalError")


class Baseline:
    """The function as it is."""

    def __init__(self, function: types.FunctionType, budget: float, channel: int):
        self._function = function
        self._patience = max(1.0, budget * 20)
        self._usual = 0.0  # seconds that a look at a recorded call takes, all in all
        self.raised = set()  # names of the exceptions that recorded calls end in
        self.late = False  # whether the last look ended because there was too much to look at
        self._channel = channel

    def bases(self, calls: list[dict], most: int, alike: int | None = None, slowest: bool = True, timed: bool = True) -> list[tuple[dict, dict]]:
        """Up to ``most`` calls to begin with and what each does: of each make and way the slowest (or quickest), then others like them, up to ``alike``.

        Kinds that take longest come first: what returns at once shows little of a function. ``timed``: how long they take is looked at twice.
        """
        look = self.observe_twice if timed else self.observe_once
        enough = most if alike is None else alike
        makes, found, raising, others = {}, [], [], []
        for call in sorted(calls, key=lambda call: call["seconds"], reverse=slowest):
            makes.setdefault(kind_of(call), []).append(call)
        for like in sorted(makes.values(), key=lambda like: like[0]["seconds"], reverse=True):
            while like and len(found) < most:
                call = like.pop(0)
                seen = look(call["blob"])
                if seen is None:
                    continue
                if not seen["raised"]:
                    found.append((call, seen))
                    break
                # What raised when it was captured seldom shows how the function scales.
                raising.append((call, seen))
                self.raised.add(seen["raised"])
            others += like
        for call in others:
            seen = look(call["blob"]) if len(found) < enough else None
            if seen is not None:
                (raising if seen["raised"] else found).append((call, seen))
                self.raised.update([seen["raised"]] if seen["raised"] else [])
        return (found + raising)[:most]

    def observe(self, blob: str) -> dict | None:
        """What it does on a call, and the CPU seconds of making it again: the first one in a new process pays
        for the process. CPU time, because on a busy machine the clock on the wall would make growth out of noise; of the
        thread, because that of a process moves in steps of 4 ms once a limit is set on it."""

        ended = aside.run(lambda: self._seen(blob), self._patience, self._channel)
        self.late = ended.end in ("timeout", "too large")
        return ended.answer if ended.end == "done" else None

    def _seen(self, blob):
        arguments = stored.decode(blob)
        seen = observe(self._function, arguments)["seen"]
        raised = seen["parts"]["list"][0].get("exception") if seen["way"] == "raise" else None
        digest = trees.digest_tree(seen)
        seconds, _ = self.timed(stored.decode(blob))
        for _ in range(_AGAIN if seconds < _QUICK else 0):
            seconds = min(seconds, self.timed(stored.decode(blob))[0])
        cut = seen["way"] == "return" and is_cut(seen["parts"]["list"][0]) and arguments.most >= making.FEW
        answer = trees.digest_tree(seen["parts"]["list"][0])
        return {"seconds": seconds, "digest": digest, "answer": answer, "raised": raised, "by": seen["raised by"], "cut": cut}

    def patient(self, seconds: float) -> None:
        """Lets every later look take so long."""
        self._patience = max(self._patience, seconds)

    def observe_twice(self, blob: str) -> dict | None:
        """The same of a call that can be made twice, with the smaller time."""
        start = monotonic()
        seen = self.observe(blob)
        again = seen and self.observe(blob)
        self._usual = max(self._usual, monotonic() - start)
        return again and {**seen, "seconds": min(seen["seconds"], again["seconds"])}

    def observe_once(self, blob: str) -> dict | None:
        """What it does on a call, where nothing depends on how long that takes."""
        start = monotonic()
        seen = self.observe(blob)
        self._usual = max(self._usual, monotonic() - start)
        return seen

    def timed(self, arguments: dict) -> tuple[float, str]:
        """CPU seconds of a call that is made in this process, and whether it returned, raised or was cut short."""
        making.steady()
        start = thread_time()
        way, value = outcome(self._function, arguments)
        return thread_time() - start, "cut" if type(value) is Drained and not value.complete else way

    def keep(
            self, call: dict, name: str, change: Callable[[dict], tuple], once: bool = False, quick: bool = False,
            failing: bool | str = False, alike: bool = False) -> dict | None:
        """A call made of another by ``change``, which gives arguments, the way they were made and their size, with what the baseline does on it.

        ``once``: one look is enough, in the process that made the call. ``quick``: it takes about as long as the recorded one.
        ``failing``: whether it is kept where its own line raises what no recorded call does, too; or where one does ``ONLY``.
        ``alike``: only where it answers what the recorded one does.
        """
        cpu = max(QUICK_SECONDS, self._usual * TIMES_USUAL) if quick else None
        ended = aside.run(lambda: self._made(call, change, once), self._patience if once else MAKING_SECONDS, self._channel, cpu)
        self.late = ended.end in ("timeout", "too large")
        if ended.end != "done":
            return None
        made, first = ended.answer
        if len(made["blob"]) > BLOB_LIMIT * 4 // 3:
            return None
        first = first or self.observe(made["blob"])
        if first is None or not self._fit(first, failing):
            return None
        if alike and (self.observe(call["blob"]) or {}).get("answer") != first["answer"]:
            return None
        second = self.observe(made["blob"]) if not once else first
        if second is None or second["digest"] != first["digest"]:
            return None
        return _kept(call, name, made, first, second)

    def keep_each(
            self, call: dict, digest: str, changes: list[tuple[str, Callable[[dict], tuple], bool | str]], cpu: float | None = None,
    ) -> list[dict | None] | None:
        """What ``keep`` gives of calls that are looked at once, each a name, a change and ``failing``, out of one child.

        None where they have to be made one by one: one of them ends the child or takes long, or ``call``, which does what ``digest`` says,
        does something else after them. ``cpu``: seconds that all of them may take; None: they are quick.
        """
        def work():
            found = []
            for _, change, _ in changes:
                try:
                    found.append(self._made(call, change, True))
                except Exception:
                    found.append(None)
            return found, self._seen(call["blob"])["digest"]

        ended = aside.run(work, self._patience, self._channel, cpu or max(QUICK_SECONDS, self._usual * TIMES_USUAL))
        if ended.end != "done" or ended.answer[1] != digest:
            return None
        found = []
        for (name, _, failing), one in zip(changes, ended.answer[0]):
            fit = one is not None and len(one[0]["blob"]) <= BLOB_LIMIT * 4 // 3 and self._fit(one[1], failing)
            found.append(_kept(call, name, one[0], one[1], one[1]) if fit else None)
        return found

    def _made(self, call, change, look):
        """A call made of another, and what the baseline does on it where it is looked at. Raises ``aside.Failure``."""
        try:
            arguments, plan, size = change(stored.decode(call["blob"]))
        except CannotGrow as error:
            raise aside.Failure("cannot grow", str(error)) from error
        shape, elements = values.shape(arguments), values.size(arguments) if size is None else 0
        blob = stored.encode_again(call["blob"], arguments)
        if too_large(stored.decode(blob)):  # of what was stored: a look at a generator uses it up
            raise aside.Failure("too large", "to be compared")
        made = {"blob": blob, "shape": shape, "size": elements if size is None else size, "elements": elements, "plan": plan}
        return made, self._seen(blob) if look else None

    def _fit(self, first, failing):
        """Whether what the baseline does on a call that was made can be compared."""
        if first["cut"] or (first["raised"] and first["raised"] not in self.raised and not (failing and fails(first))):
            return False
        return failing != ONLY or bool(first["raised"])


def _kept(call, name, made, first, second):
    return {
        **made, "id": name, "base": call["id"], "test": call.get("test", ""), "scale": 1,
        "seconds": min(first["seconds"], second["seconds"]), "digest": first["digest"],
    }


def fails(seen: dict) -> bool:
    """Whether a line of the function, or of the repository with an exception of its own, raises, or the language does there for what its arguments hold."""
    return seen["by"] in ("line", "repository") or (seen["by"] == "language" and seen["raised"] in _PLAIN)


def kind_of(call: dict) -> tuple[str, str]:
    """The make of what a call is given, whatever its size, and the way that it takes."""
    return "".join(c for c in call.get("shape", "") if not c.isdigit()), call.get("way", "")


def too_large(arguments: dict) -> bool:
    """Whether there is too much to be compared after each step of a review. A look at a generator uses it up."""
    try:
        trees.freeze(arguments, nodes=NODES)
    except trees.TooLarge:
        return True
    return False


def is_cut(tree: object) -> bool:
    """Whether an answer is an iterator that was not read to its end."""
    return isinstance(tree, dict) and "iterator" in tree and tree["end"] == "more"


def slower(seconds: float, before: float) -> bool:
    """Clearly: differences of a few microseconds say nothing."""
    return seconds >= before * _GROWTH and seconds - before >= 20e-6


def same_way(way: str, raised: object) -> None:
    """A larger call ends as the recorded ones do, and what it returns is read to its end; raises ``aside.Failure`` where it is not."""
    if way == "cut" or (way == "raise" and not raised):
        raise aside.Failure("another way", "it has no end" if way == "cut" else "it raises what it did not raise before")
