"""One version of one function in a process of its own: it answers calls with bytes.

Nothing is measured, compared, ordered or decided here, because this process has loaded code under review. Whoever asks
reads the CPU time of this process's control group at every step, from the first byte of the inputs to the last byte of the
answer, and compares the answers elsewhere. For every sample this process forks a child, which warms up, says that it is ready, gets
the inputs, answers, and ends: nothing that a version stores reaches the next sample, and nothing can be computed before "go".

Frames both ways: length of the content (4 bytes, little endian), kind (1 byte), content.
"""

import gc
import json
import marshal
import os
import random
import signal
import struct
import sys
from time import sleep, thread_time_ns  # now: code under review may put others in their place

from . import calls, loading
from .iterators import Drained

HEAD = struct.Struct("<IB")
LENGTH = struct.Struct("<I")
COMMAND, INPUTS, GO, WRITE, LEAVE = b"C", b"I", b"G", b"W", b"L"  # from whoever asks
READY, DECODED, STOPPED, ANSWERS, ENDED, REPLY, MESSAGE = b"R", b"D", b"S", b"A", b"E", b"J", b"M"

WARM_NS = 2_000_000  # CPU time of warming up a child
WARM_REPEATS = 32
SEED = 20250523
VALUES_ONLY = 2  # of marshal: later versions write which objects are shared, which is no part of an answer


class Unencodable(Exception):
    """The answer cannot be written in the way that was asked for."""


class Gone(Exception):
    """Nobody asks any more."""


class Pipe:
    """Frames over two descriptors. `apart`: a first process counts what children used, and does so when it reaps them."""

    def __init__(self, inbox, outbox, apart=False):
        self.inbox, self.outbox, self.apart = inbox, outbox, apart

    def receive(self, kind):
        """The content of the next frame, which must be of this kind."""
        length, found = HEAD.unpack(self._exactly(HEAD.size))
        content = self._exactly(length)
        if found != kind[0]:
            raise ValueError(f"a frame {kind!r} was expected, not {bytes([found])!r}")
        return content

    def send(self, kind, content=b""):
        view = memoryview(HEAD.pack(len(content), kind[0]) + content)
        while view:
            view = view[os.write(self.outbox, view):]

    def _exactly(self, size):
        if size == 0:
            return b""
        data = os.read(self.inbox, size)
        if len(data) == size:
            return data
        parts = bytearray(data)
        while data and len(parts) < size:
            data = os.read(self.inbox, min(size - len(parts), 1 << 20))
            parts += data
        if len(parts) < size:
            raise Gone
        return bytes(parts)


def main(inbox, outbox, apart=False):
    """Loads what the first frame names, then makes a child for every command until the pipe is closed."""
    pipe = Pipe(inbox, outbox, apart)
    request = json.loads(pipe.receive(COMMAND))
    if "picks" in request:
        from . import intest

        try:
            intest.main(pipe, request)
        except Exception as error:
            pipe.send(REPLY, json.dumps({"unfit": f"{type(error).__name__}: {error}"}).encode("utf-8", "surrogatepass"))
        return
    try:
        version = Version(request)
    except (loading.VariantError, loading.NotAddressable) as error:
        pipe.send(REPLY, json.dumps({"unfit": str(error)}).encode())
        return
    except Exception as error:
        pipe.send(REPLY, json.dumps({"failed": f"{type(error).__name__}: {error}"}).encode("utf-8", "surrogatepass"))
        return
    pipe.send(REPLY, json.dumps({"loaded": True}).encode())
    while True:
        try:
            command = json.loads(pipe.receive(COMMAND))
        except Gone:
            return
        serve(pipe, version, command)


def serve(pipe, version, command, after=lambda: None):
    """Has one command carried out by a child, and says how that ended; ``after`` puts right what the child left."""
    if command.get("encoder") == "tree":
        from . import trees  # noqa: F401 - here, so that no child imports it while it is timed

    def work():
        try:
            os.setpgid(0, 0)
            version.isolate(pipe)
            if command.get("cpu") is not None:
                _stay_on(command["cpu"])
            gc.disable()
            WAYS[command["do"]](pipe, version, command)
            os._exit(0)
        finally:
            os._exit(70)

    child, status = _orphan(work) if pipe.apart else _child(work)
    try:
        if child is not None:
            os.killpg(child, signal.SIGKILL)
    except OSError:
        pass  # it started nothing
    after()
    pipe.send(ENDED, json.dumps({"status": status}).encode())


def _child(work):
    """Has ``work`` done by a child. Its number, and how it ended."""
    child = os.fork()
    if child == 0:
        work()
    return child, os.waitpid(child, 0)[1]


def _orphan(work):
    """The same with a child of a process that nobody here reaps, so that the first process does. None for what cannot be told."""
    told, tell = os.pipe()
    between = os.fork()
    if between == 0:
        try:
            if os.fork() == 0:
                os.close(told)
                while os.getppid() != 1:
                    sleep(0.0002)  # until the one between is gone: it is no part of the sample
                child = os.fork()
                if child == 0:
                    os.close(tell)
                    work()
                os.write(tell, b"%d " % child)
                os.write(tell, b"%d " % os.waitpid(child, 0)[1])
        finally:
            os._exit(0)
    os.close(tell)
    os.waitpid(between, 0)
    numbers = b""
    while part := os.read(told, 100):
        numbers += part
    os.close(told)
    child, status, *_ = [*map(int, numbers.split()), None, None]
    return child, status


def _stay_on(core):
    try:
        os.sched_setaffinity(0, {core})
    except OSError:
        pass  # this sandbox may not use it


class Version:
    """The function of this version, in use in this process, and calls to warm a child up with."""

    repeats = True  # arguments can be had more than once

    def __init__(self, request):
        loading.prepare(request)
        self.target = loading.Target.of(request["target"])
        self.entry = loading.Target.of(request["entry"])
        loading.watch([self.target, self.entry])
        recorded = calls.module_of(request["like"]) if request.get("like") else None
        loading.function(self.target, recorded if self.entry == self.target else None)
        self.function = loading.function(self.entry, recorded)
        calls.prepare(self.function)
        self.use(request)
        self.warm = request.get("warmup") or []
        for blob in [*self.warm, *filter(None, [request.get("like")])]:
            try:
                calls.decode(blob)  # imports what the arguments' classes need, so that no child has to
            except Exception:
                continue
        gc.collect()
        gc.freeze()

    def use(self, request):
        """Puts the code of this version in its place."""
        source = request.get("file")
        if source is not None:
            loading.use(self.target, loading.variant(self.target, source))
        if request.get("trace"):
            from .probes import Probes

            self.probes = Probes()
            self.probed = None if source is None else loading.variant(self.target, source, probes=self.probes)

    def isolate(self, pipe):
        """Cuts a child off from what it shares with this process."""
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)

    def trace_left(self):
        """What a child did that others could see, or None: here it shares nothing."""

    def warm_up(self):
        """Runs calls that are not timed until the interpreter has specialised the code, or two milliseconds are over."""
        start = thread_time_ns()
        for _ in range(WARM_REPEATS):
            for blob in self.warm:
                try:
                    calls.invoke(self.function, calls.decode(blob))
                except BaseException:
                    pass
                if thread_time_ns() - start > WARM_NS:
                    return

    def arguments(self, content):
        """Fresh arguments of each call that the inputs hold."""
        return [calls.decode_bytes(blob) for blob in unpack(content)]


def _sample(pipe, version, command):
    """Answers once, timed from outside. `stored`: inputs and answers of a rehearsal, so that the answers only have to be written."""
    version.warm_up()
    function, rehearsed = version.function, None
    encode = ENCODERS[command["encoder"]]
    if command.get("stored"):
        arguments = version.arguments(pipe.receive(INPUTS))
        rehearsed = run(function, arguments), arguments
    if command.get("collect"):
        gc.enable()
    steady()
    pipe.send(READY)
    arguments = version.arguments(pipe.receive(INPUTS))
    if command.get("collect"):
        gc.freeze()  # so that a collection looks at what the calls make, and not at what they are given
    pipe.send(DECODED)
    pipe.receive(GO)
    answers, left = (run(function, arguments), arguments) if rehearsed is None else rehearsed
    if command.get("collect"):
        gc.collect()
    pipe.send(STOPPED)
    pipe.receive(WRITE)
    try:
        content = pack([encode(shown(answer, after, command["arguments"])) for answer, after in zip(answers, left)])
    except Exception as error:
        pipe.send(REPLY, json.dumps({"unencodable": f"{type(error).__name__}"}).encode())
        return
    del answers, left, arguments, rehearsed  # what it costs to let go of them is part of the whole
    if command.get("collect"):
        gc.collect()
    pipe.send(ANSWERS, content)
    pipe.receive(LEAVE)


def _probe(pipe, version, command):
    """How answers can be written, the quickest way that takes all of them, and whether calls leave their arguments changed."""
    version.warm_up()
    steady()
    pipe.send(READY)
    content = pipe.receive(INPUTS)
    before = [_argument_bytes(arguments) for arguments in version.arguments(content)]
    arguments = version.arguments(content)
    answers = run(version.function, arguments)
    changed = any(was is None or was != _argument_bytes(left) for was, left in zip(before, arguments))
    told = [shown(answer, left, changed) for answer, left in zip(answers, arguments)]
    for name, encode in ENCODERS.items():
        try:
            if name == "marshal" and any(map(holds_bytes, told)):
                continue
            for each in told:
                encode(each)
        except Exception:
            continue
        pipe.send(REPLY, json.dumps({"encoder": name, "arguments": changed}).encode())
        return
    pipe.send(REPLY, json.dumps({"unencodable": "its answers cannot be written down"}).encode())


def _observe(pipe, version, command):
    """All of a call that a user could see, as a tree; and the call as a person would write it."""
    from . import aside, replay, values

    pipe.send(READY)
    arguments, = version.arguments(pipe.receive(INPUTS))
    described = values.describe_call(version.entry.name, arguments)
    try:
        seen, failure = replay.observe(version.function, arguments), version.trace_left()
    except aside.Failure as error:
        failure = str(error)
    if failure is not None:
        pipe.send(REPLY, json.dumps({"failure": failure}).encode("utf-8", "surrogatepass"))
        return
    parts = [json.dumps(seen["seen"]), described, repr(seen["seconds"])]
    pipe.send(ANSWERS, pack([part.encode("utf-8", "surrogatepass") for part in parts]))


def _trace(pipe, version, command):
    """Which lines and arms of this version run in a call, and what the call leaves behind in the process."""
    from . import replay, state
    from .tracing import Tracer

    pipe.send(READY)
    content = pipe.receive(INPUTS)
    first, = version.arguments(content)
    loading.use(version.target, version.probed)
    code = version.probed or loading.original_code(version.target)

    def hits(arguments):
        replay.steady()
        with Tracer(code) as tracer:
            replay.outcome(version.function, arguments)
        return tracer.hits

    function = loading.functions(version.target)[-1]
    before = state.snapshot(function)
    lines, after = hits(first), state.snapshot(function)
    arms = sorted(version.probes.ran)
    learns = version.repeats and hits(*version.arguments(content)) != lines
    changed = state.changes(before, after)
    pipe.send(REPLY, json.dumps({
        "lines": sorted(lines), "arms": arms, "changed": changed, "left": state.left(after, changed), "learns": learns}).encode())


def _decodable(pipe, version, command):
    """Which calls can be made in this version: their values may be of classes that only another one has."""
    pipe.send(READY)
    found = []
    for index, blob in enumerate(unpack(pipe.receive(INPUTS))):
        try:
            calls.decode_bytes(blob)
        except Exception:
            continue
        found.append(index)
    pipe.send(REPLY, json.dumps({"decodable": found}).encode())


def _encode(pipe, version, command):
    """Calls made from JSON arguments."""
    pipe.send(READY)
    blobs = [calls.encode(arguments, version.function) for arguments in json.loads(pipe.receive(INPUTS))]
    pipe.send(REPLY, json.dumps({"blobs": blobs}).encode())


WAYS = {"sample": _sample, "probe": _probe, "observe": _observe, "trace": _trace, "decodable": _decodable, "encode": _encode}


def steady():
    """The same random numbers in both versions, so that functions that draw some can be compared."""
    random.seed(SEED)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(SEED)


def run(function, arguments):
    answers = []
    for each in arguments:
        try:
            answers.append((0, calls.invoke(function, each)))
        except BaseException as error:  # what a call raises is part of the call
            answers.append((1, error))
    return answers


def shown(answer, arguments, changed):
    """What is written of one answer: returned or raised, the value, and the arguments afterwards where calls change them."""
    way, value = answer
    if way:
        value = (type(value).__module__, type(value).__qualname__, str(value))
    elif type(value) is Drained:
        error = value.error
        value = (value.items, value.complete, value.returned, None if error is None else (type(error).__qualname__, str(error)))
    return (way, value, list(arguments.values())) if changed else (way, value)


def _argument_bytes(arguments):
    """None where only the tree of the arguments tells whether they changed, and then they are taken for changed."""
    try:
        return marshal.dumps(list(arguments.values()), VALUES_ONLY)
    except ValueError:
        pass
    try:
        return _pickled(list(arguments.values()))
    except Exception:
        return None


def holds_bytes(value):
    """Whether it is or holds bytes of any kind. ``marshal`` writes all kinds alike (a ``bytearray`` as ``bytes``)."""
    kind = type(value)
    if kind in (list, tuple, set, frozenset):
        return any(map(holds_bytes, value))
    if kind is dict:
        return any(map(holds_bytes, value.keys())) or any(map(holds_bytes, value.values()))
    return kind not in (str, int, float, bool, complex, type(None), type(...))


def _marshalled(value):
    return marshal.dumps(value, VALUES_ONLY)


def _pickled(value):
    from . import serial

    return serial.dumps(value)


def _tree(value):
    from . import trees

    hidden = []
    tree = trees.freeze(value, there=_Held(value[2:]), hidden=hidden)
    if hidden:
        raise trees.TooLarge("of content that cannot be seen")
    return json.dumps(tree).encode("utf-8", "surrogatepass")


class _Held:
    """Ids of the objects in the arguments, which were there before; looked up only where one is asked for."""

    def __init__(self, arguments):
        self._arguments, self._ids = arguments, None

    def __contains__(self, key):
        if self._ids is None:
            from . import trees

            self._ids = trees.objects_in(self._arguments)
        return key in self._ids


ENCODERS = {"marshal": _marshalled, "pickle": _pickled, "tree": _tree}  # quickest first


def pack(parts):
    return b"".join(LENGTH.pack(len(part)) + part for part in parts)


def unpack(content):
    parts, at = [], 0
    while at < len(content):
        length, = LENGTH.unpack_from(content, at)
        parts.append(content[at + LENGTH.size:at + LENGTH.size + length])
        at += LENGTH.size + length
    return parts
