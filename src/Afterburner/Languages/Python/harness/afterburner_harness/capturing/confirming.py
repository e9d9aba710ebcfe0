"""Third pass of a capture: makes every stored call again with the baseline and digests what it does.

The host runs this under two hash seeds; only a call with one digest in both counts. Nothing that a call leaves behind may
reach another one: calls run in a forked child of their own, and small ones several in a child, if another child that makes them
the other way round says the same of them.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import sys
import types
from collections.abc import Callable
from time import thread_time_ns  # now: code under review may put another function in its place

from ..calls import children, making, stored, values
from ..comparing import kinds
from ..functions import definitions, loading
from ..functions.targets import NotAddressable, Target

# CPU seconds: restoring the arguments, the call and the digest. What takes longer would slow every comparison down.
CALL_SECONDS = 2.0
TARGET_SECONDS = 6.0
WALL_SECONDS = 15.0  # of one call, on a busy machine
WAITING_SECONDS = 3.0  # in which nothing is done: what it waits for does not come
WARM_CALLS = 4  # a first call pays for memory that is touched for the first time and for code that is not specialised yet
WARM_SECONDS = 0.1
MOST_TOGETHER, TOGETHER_SECONDS = 16, 0.05  # of calls in one child: how many, and CPU seconds after which no other is begun

reached = {}  # in a child: calls of a target by the entry that is said to call it
needed = set()  # in a child: modules that came with the arguments


def main(request: dict, emit: Callable[[dict], None]) -> None:
    """Request: entries; each entry a target with calls (index and blob), best first, and how many are wanted.

    Answers each call with a digest or a reason, and stops at a target when it has as many digests as are wanted.
    """
    entries = [(Target.of(entry["target"]), entry) for entry in request["entries"]]
    through = [Target.of(entry["through"]) for _, entry in entries if entry.get("through")]
    # All before anything is imported: a file that is imported already would be imported a second time.
    loading.watch([target for target, _ in entries])
    if through:
        loading.watch(through, count_reach)
    for target, entry in entries:
        confirm(target, entry, emit)
    emit({"type": "done"})


def count_reach(target_id: str, names: dict) -> None:
    reached[target_id] = reached.get(target_id, 0) + 1


def confirm(target: Target, entry: dict, emit: Callable[[dict], None]) -> None:
    end = children_seconds() + TARGET_SECONDS
    through = Target.of(entry["through"]).id if entry.get("through") else None
    confirmed, waiting, together = 0, list(entry["calls"]), 1
    while waiting and confirmed < entry["wanted"]:
        run = waiting[:min(together, entry["wanted"] - confirmed)]
        try:
            function, run = _alike(target, run)
            if len(waiting) == len(entry["calls"]):
                settle()
            if children_seconds() > end:
                answers = [{"reason": f"the calls before it took {TARGET_SECONDS:g} s"}]
            else:
                answers = made(function, [call["blob"] for call in run], through)
                together = MOST_TOGETHER
        except NotAddressable as error:
            answers = [{"reason": str(error)}]
        except BaseException as error:  # importing runs the repository's code
            answers = [{"reason": f"importing it raised {type(error).__name__}: {str(error)[:200]}"}]
        for call, answer in zip(run, answers):
            confirmed += "digest" in answer
            emit({"type": "confirmed", "target": target.id, "index": call["index"], **answer})
        del waiting[:len(answers)]


def _alike(target, run):
    """The function, and the first of some calls: those of them that were recorded under one name of its module."""
    module = stored.module_of(run[0]["blob"])
    alike = [call for call in run if stored.module_of(call["blob"]) == module]
    return loading.function(target, module), run[:1] if len(alike) < len(run) else run


def settle() -> None:
    """Leaves to children what they need not do."""
    kinds.remember(again=True)
    gc.collect()
    gc.freeze()


def provide(modules: list[str]) -> None:
    """Imports here what one child's arguments needed, so that no other child has to."""
    for name in modules:
        try:
            importlib.import_module(name)
        except BaseException:  # a child that needs it imports it
            continue
    if modules:
        settle()


def children_seconds() -> float:
    """CPU time of all forked children so far."""
    times = os.times()
    return times.children_user + times.children_system


def made(function: types.FunctionType, blobs: list[str], through: str | None) -> list[dict]:
    """What the first of some calls do, as ``aside`` tells it: at least of one."""
    answers = _in_child(function, blobs, through)[0] if len(blobs) > 1 else []
    others = _in_child(function, blobs[:len(answers)][::-1], through)[0][::-1] if len(answers) > 1 else answers
    if not answers or len(others) < len(answers):
        return [aside(function, blobs[0], through)]
    return [
        {key: one[key] for key in ("digest", "seconds", "raised")}
        if "digest" in one and not one["cut"] and (one["digest"], one["raised"]) == (other.get("digest"), other.get("raised"))
        else aside(function, blob, through)
        for blob, one, other in zip(blobs, answers, others)]


def aside(function: types.FunctionType, blob: str, through: str | None) -> dict:
    """What a call does: {"digest", "seconds"} or {"reason"}; with "blob", the call whose iterator is read no further than that."""
    told = _alone(function, blob, through)
    suspended = function.__code__.co_flags & definitions.SUSPENDED
    if told.pop("cut", False) or ("reason" in told and suspended):
        shorter = stored.shortened(blob)
        again = _alone(function, shorter, through)
        return {**again, "blob": shorter} if "digest" in again else told
    return told


def _alone(function, blob, through):
    answers, status = _in_child(function, [blob], through)
    if answers:
        return answers[0]
    killer = os.WTERMSIG(status) if status > 0 and os.WIFSIGNALED(status) else 0
    if status == -1 or killer == signal.SIGPROF:
        return {"reason": f"making it again and comparing what it does takes more than {CALL_SECONDS:g} s"}
    return {"reason": f"made again it ends the process ({signal.Signals(killer).name if killer else status})"}


def _in_child(function, blobs, through):
    """What calls do that a child makes one after the other, of all that it begins before it has worked for a while; and how it ended."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            signal.signal(signal.SIGPROF, signal.SIG_DFL)
            for blob in blobs:
                signal.setitimer(signal.ITIMER_PROF, CALL_SECONDS)
                reached.clear()
                answer = again(function, blob, through)
                os.write(writer, json.dumps({**answer, "needs": sorted(needed)}).encode() + b"\n")
                if thread_time_ns() > TOGETHER_SECONDS * 1e9:
                    break
        finally:
            os._exit(0)
    os.close(writer)
    data, status = children.collect(child, reader, WALL_SECONDS, limit=1 << 20, is_over=children.waits(child, WAITING_SECONDS))
    answers = []
    for line in data.split(b"\n")[:-1]:
        try:
            answers.append(json.loads(line))
        except ValueError:  # something else wrote there
            break
    provide(sorted({name for answer in answers for name in answer.pop("needs")}))
    return answers, status


def again(function: types.FunctionType, blob: str, through: str | None) -> dict:
    """{"digest", "seconds", "raised", "cut"} of a call on fresh arguments, or {"reason"}."""
    try:
        outcome, arguments, seconds = once(function, blob)
    except Unrestorable as error:
        return {"reason": str(error)}
    if through is not None and not reached.get(through):
        return {"reason": "it does not reach the function"}
    try:
        digest = values.digest((outcome, dict(arguments)))
    except Exception as error:
        return {"reason": f"what it returns cannot be compared: {str(error)[:200]}"}
    raised = f"{type(outcome[1]).__name__}: {str(outcome[1])[:200]}" if outcome[0] == "raised" else None
    for _ in range(WARM_CALLS if seconds < WARM_SECONDS else 0):
        seconds = min(seconds, once(function, blob)[2])
    cut = isinstance(outcome[1], values.Drained) and not outcome[1].complete and arguments.most > making.FEW
    return {"digest": digest, "seconds": seconds, "raised": raised, "cut": cut}


class Unrestorable(Exception):
    """The stored arguments cannot be made again."""


def once(function: types.FunctionType, blob: str) -> tuple[tuple, dict, float]:
    """(outcome, arguments, seconds) of one call."""
    known = set(sys.modules)
    try:
        arguments = stored.decode(blob)
    except BaseException as error:
        raise Unrestorable(f"its arguments cannot be restored: {type(error).__name__}: {str(error)[:200]}") from error
    needed.update(sys.modules.keys() - known)
    args, kwargs = making.bind(function, arguments)
    began = thread_time_ns()
    try:
        outcome = ("returned", making.finish(function(*args, **kwargs), arguments.most))
    except BaseException as error:
        outcome = ("raised", error)
    return outcome, arguments, (thread_time_ns() - began) / 1e9
