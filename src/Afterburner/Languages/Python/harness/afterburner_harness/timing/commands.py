"""What a child does of a command: each of them answers over the pipe."""

from __future__ import annotations

import gc
import json
import types

from ..calls import making, stored
from ..functions import loading
from . import frames
from .encoders import ENCODERS, argument_bytes, holds_bytes, shown


def _sample(pipe, version, command):
    """Answers once, timed from outside. `stored`: inputs and answers of a rehearsal, so that the answers only have to be written."""
    version.warm_up(command["encoder"], command["arguments"])
    if command.get("collect"):
        gc.collect()  # the first collection of a process is another one than those that follow
    version.make_room(command.get("room", 0))
    function, rehearsed = version.function, None
    encode = ENCODERS[command["encoder"]]
    if command.get("stored"):
        arguments = version.arguments(pipe.receive(frames.INPUTS))
        rehearsed = run(function, arguments), arguments
    if command.get("again"):
        pipe.send(frames.READY)
        pipe.receive(frames.AGAIN)
        version.warm_again(command["encoder"], command["arguments"])
    if command.get("collect"):
        gc.enable()
    making.steady()
    pipe.send(frames.READY)
    arguments = version.arguments(pipe.receive(frames.INPUTS))
    version.free_rest_of_room()
    if command.get("collect"):
        gc.freeze()  # so that a collection looks at what the calls make, and not at what they are given
    pipe.send(frames.DECODED)
    pipe.receive(frames.GO)
    answers, left = (run(function, arguments), arguments) if rehearsed is None else rehearsed
    if command.get("collect"):
        gc.collect()
    pipe.send(frames.STOPPED)
    pipe.receive(frames.WRITE)
    try:
        content = frames.pack([encode(shown(answer, after, command["arguments"])) for answer, after in zip(answers, left)])
    except Exception as error:
        pipe.send(frames.REPLY, json.dumps({"unencodable": f"{type(error).__name__}"}).encode())
        return
    del answers, left, arguments, rehearsed  # what it costs to let go of them is part of the whole
    if command.get("collect"):
        gc.collect()
    pipe.send(frames.ANSWERS, content)
    pipe.receive(frames.LEAVE)


def _probe(pipe, version, command):
    """How answers can be written, the quickest way that takes all of them, and whether calls leave their arguments changed."""
    version.warm_up("marshal", False)
    making.steady()
    pipe.send(frames.READY)
    content = pipe.receive(frames.INPUTS)
    before = [argument_bytes(arguments) for arguments in version.arguments(content)]
    arguments = version.arguments(content)
    answers = run(version.function, arguments)
    changed = any(was is None or was != argument_bytes(left) for was, left in zip(before, arguments))
    told = [shown(answer, left, changed) for answer, left in zip(answers, arguments)]
    for name, encode in ENCODERS.items():
        try:
            if name == "marshal" and any(map(holds_bytes, told)):
                continue
            for each in told:
                encode(each)
        except Exception:
            continue
        pipe.send(frames.REPLY, json.dumps({"encoder": name, "arguments": changed}).encode())
        return
    pipe.send(frames.REPLY, json.dumps({"unencodable": "its answers cannot be written down"}).encode())


def _observe(pipe, version, command):
    """All that a user could see of each call, made one after the other in this process, as a tree; and the call as a person would write it."""
    from ..calls import aside, replay, values

    pipe.send(frames.READY)
    content = pipe.receive(frames.INPUTS)
    told = []
    for each in [frames.pack([blob]) for blob in frames.unpack(content)] or [content]:
        arguments, = version.arguments(each)
        described = values.describe_call(version.entry.name, arguments)
        try:
            seen, failure = replay.observe(version.function, arguments), version.trace_left()
        except aside.Failure as error:
            failure = str(error)
        told += ["", "", "0", failure] if failure is not None else [json.dumps(seen["seen"]), described, repr(seen["seconds"]), ""]
    pipe.send(frames.ANSWERS, frames.pack([part.encode("utf-8", "surrogatepass") for part in told]))


def _trace(pipe, version, command):
    """Which lines and arms of this version run in each call, made one after the other, and what the call leaves behind in the process."""
    from ..calls import replay
    from ..comparing import state
    from ..functions.tracing import Tracer

    pipe.send(frames.READY)
    content = pipe.receive(frames.INPUTS)
    each = [frames.pack([blob]) for blob in frames.unpack(content)] or [content]
    firsts = [arguments for one in each for arguments in version.arguments(one)]
    loading.use(version.target, version.probed)
    code = version.probed or loading.original_code(version.target)

    def hits(arguments):
        making.steady()
        with Tracer(code) as tracer:
            replay.outcome(version.function, arguments)
        return tracer.hits

    function = loading.functions(version.target)[-1]
    before, told = state.snapshot(function), []
    for one, first in zip(each, firsts):
        version.probes.ran.clear()
        lines, after = hits(first), state.snapshot(function)
        arms = sorted(version.probes.ran)
        learns = version.repeats and hits(*version.arguments(one)) != lines
        changed = state.changes(before, after)
        told.append({"lines": sorted(lines), "arms": arms, "changed": changed, "left": state.left(after, changed), "learns": learns})
        before = after
    pipe.send(frames.REPLY, json.dumps({"calls": told}).encode())


def _decodable(pipe, version, command):
    """Which calls can be made in this version: their values may be of classes that only another one has."""
    pipe.send(frames.READY)
    found = []
    for index, blob in enumerate(frames.unpack(pipe.receive(frames.INPUTS))):
        try:
            stored.decode_bytes(blob)
        except Exception:
            continue
        found.append(index)
    pipe.send(frames.REPLY, json.dumps({"decodable": found}).encode())


def _encode(pipe, version, command):
    """Calls made from JSON arguments."""
    pipe.send(frames.READY)
    blobs = [stored.encode(arguments, version.function) for arguments in json.loads(pipe.receive(frames.INPUTS))]
    pipe.send(frames.REPLY, json.dumps({"blobs": blobs}).encode())


# What only some commands and encoders need, in full, so that a process that does without starts quickly.
MODULES = {
    each: [f"{__package__.partition('.')[0]}.{name}" for name in names]
    for each, names in {
        "observe": ("calls.aside", "calls.replay", "calls.values"),
        "trace": ("calls.replay", "comparing.state", "functions.tracing"),
        "tree": ("comparing.trees",),
    }.items()
}
WAYS = {"sample": _sample, "probe": _probe, "observe": _observe, "trace": _trace, "decodable": _decodable, "encode": _encode}


def run(function: types.FunctionType, arguments: list[dict]) -> list[tuple[int, object]]:
    answers = []
    for each in arguments:
        try:
            answers.append((0, making.invoke(function, each)))
        except BaseException as error:  # what a call raises is part of the call
            answers.append((1, error))
    return answers
