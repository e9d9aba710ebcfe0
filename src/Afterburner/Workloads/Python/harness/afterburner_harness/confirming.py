"""Third pass of a capture: makes every stored call again with the baseline and digests what it does.

The host runs this under two hash seeds; only a call with one digest in both counts. Each call runs in a forked child
of its own, so that nothing it leaves behind reaches the next one.
"""

import gc
import json
import os
import signal
import time

from . import calls, loading, values

# CPU seconds: restoring the arguments, the call and the digest. What takes longer would slow every comparison down.
CALL_SECONDS = 2.0
TARGET_SECONDS = 6.0
WALL_SECONDS = 15.0  # of one call, which may sleep


def main(request, emit):
    """Request: wanted, entries; each entry a target with calls (index and blob), best first.

    Answers each call with a digest or a reason, and stops at a target when it has as many digests as are wanted.
    """
    for entry in request["entries"]:
        confirm(loading.Target.of(entry["target"]), entry["calls"], request["wanted"], emit)
    emit({"type": "done"})


def confirm(target, recorded, wanted, emit):
    end = children_seconds() + TARGET_SECONDS
    loading.watch([target])
    confirmed = 0
    for number, call in enumerate(recorded):
        answer = {"type": "confirmed", "target": target.id, "index": call["index"]}
        try:
            function = loading.function(target, calls.module_of(call["blob"]))
            if number == 0:
                gc.collect()
                gc.freeze()
            if children_seconds() > end:
                answer["reason"] = f"the calls before it took {TARGET_SECONDS:g} s"
            elif confirmed == wanted:
                break
            else:
                answer.update(aside(function, call["blob"]))
        except loading.NotAddressable as error:
            answer["reason"] = str(error)
        except BaseException as error:  # importing runs the repository's code
            answer["reason"] = f"importing it raised {type(error).__name__}: {str(error)[:200]}"
        confirmed += "digest" in answer
        emit(answer)


def children_seconds():
    """CPU time of all forked children so far."""
    times = os.times()
    return times.children_user + times.children_system


def aside(function, blob):
    """Runs a call in a forked child: {"digest", "seconds"} or {"reason"}."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            signal.signal(signal.SIGPROF, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_PROF, CALL_SECONDS)
            answer = once(function, blob)
            os.write(writer, json.dumps(answer).encode())
        finally:
            os._exit(0)
    os.close(writer)
    data, status = calls.collect(child, reader, WALL_SECONDS, limit=1 << 20)
    killer = os.WTERMSIG(status) if status > 0 and os.WIFSIGNALED(status) else 0
    if status == -1 or killer == signal.SIGPROF:
        return {"reason": f"making it again and comparing what it does takes more than {CALL_SECONDS:g} s"}
    try:
        return json.loads(data)
    except ValueError:
        return {"reason": f"made again it ends the process ({signal.Signals(killer).name if killer else status})"}


def once(function, blob):
    """{"digest", "seconds", "raised"} of one call on fresh arguments, or {"reason"}."""
    try:
        arguments = calls.decode(blob)
    except BaseException as error:
        return {"reason": f"its arguments cannot be restored: {type(error).__name__}: {str(error)[:200]}"}
    began = time.thread_time()
    try:
        outcome = ("returned", calls.invoke(function, arguments))
    except BaseException as error:
        outcome = ("raised", error)
    seconds = time.thread_time() - began
    try:
        digest = values.digest((outcome, arguments))
    except Exception as error:
        return {"reason": f"what it returns cannot be compared: {str(error)[:200]}"}
    raised = f"{type(outcome[1]).__name__}: {str(outcome[1])[:200]}" if outcome[0] == "raised" else None
    return {"digest": digest, "seconds": seconds, "raised": raised}
