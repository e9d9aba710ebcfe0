"""Third pass of a capture: makes every stored call again with the baseline and digests what it does.

The host runs this under two hash seeds; only a call with one digest in both counts. Each call runs in a forked child
of its own, twice on fresh arguments, so that nothing it leaves behind reaches the next one.
"""

import gc
import json
import os
import signal
import time

from . import calls, loading, values

CALL_SECONDS = 10.0


def main(request, emit):
    """Request: target, calls (index and blob). Answers a digest and a duration, or a reason, for each index."""
    target = loading.Target.of(request["target"])
    loading.watch([target])
    for call in request["calls"]:
        answer = {"type": "confirmed", "index": call["index"]}
        try:
            function = loading.function(target, calls.module_of(call["blob"]))
            gc.collect()
            gc.freeze()
            answer.update(aside(function, call["blob"]))
        except loading.NotAddressable as error:
            answer["reason"] = str(error)
        except BaseException as error:  # importing runs the repository's code
            answer["reason"] = f"importing it raised {type(error).__name__}: {str(error)[:200]}"
        emit(answer)
    emit({"type": "done"})


def aside(function, blob):
    """Runs a call in a forked child: {"digest", "seconds"} or {"reason"}."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            answer = twice(function, blob)
            os.write(writer, json.dumps(answer).encode())
        finally:
            os._exit(0)
    os.close(writer)
    data, status = calls.collect(child, reader, CALL_SECONDS, limit=1 << 20)
    if status == -1:
        return {"reason": f"made again it takes more than {CALL_SECONDS:g} s"}
    try:
        return json.loads(data)
    except ValueError:
        signal_number = os.WTERMSIG(status) if status > 0 and os.WIFSIGNALED(status) else 0
        return {"reason": f"made again it ends the process ({signal.Signals(signal_number).name if signal_number else status})"}


def twice(function, blob):
    first, second = once(function, blob), once(function, blob)
    for answer in (first, second):
        if "reason" in answer:
            return answer
    if first["digest"] != second["digest"]:
        return {"reason": "made twice it does not give the same answer"}
    return {**first, "seconds": min(first["seconds"], second["seconds"])}


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
