"""One sample: a forked child runs one version of the target over the calls, once or a few times, and is measured.

A fork per sample means that nothing a version stores (a module's dictionary, an attribute of a function, a default
argument) reaches the next sample. The child reports the CPU time of its own thread; the parent reads the CPU clock of
the whole child before and after, so threads started to hide work, and timers the version tampered with, show. What
other processes did for the child is added when all of them are reaped.

Every name of the standard library that is used after foreign code was imported is bound here, before that.
"""

import gc
import json
import os
import select
import signal
import struct
import time

from . import calls, loading

_thread_time = time.thread_time_ns
_wall_time = time.perf_counter_ns
_clock = time.clock_gettime_ns
_read, _write, _close, _exit = os.read, os.write, os.close, os._exit
_open = open

READY, GO, STOPPED, SHOW, LEAVE = b"r", b"g", b"d", b"a", b"q"
REPORT = struct.Struct("<qqqq")  # CPU ns, wall ns, peak bytes above the start, CPU ns of making fresh inputs
PAGE = os.sysconf("SC_PAGE_SIZE")

SLACK_NS = 200_000  # CPU time the child may use beside the calls, for waking up and reporting
SLACK = 1.02
HANDED_NS = 300_000  # CPU time of other processes below which it is taken for the child's own end
MOST_ORPHANS = 10_000
SET_CHILD_SUBREAPER = 36  # prctl(2)
WARM_NS = 2_000_000  # warm-up of a sample
WARM_REPEATS = 32
TICK_MS = 1  # how often memory is read while a child runs


def bind_values():
    """For samples whose answers are compared: to be called before foreign code is imported. Takes longer than all other imports."""
    global values
    from . import values


class Broken(Exception):
    """The child crashed, ended itself, or did not come back in time."""


class Side:
    """One version of the target: its name ("baseline" or "candidate") and its code."""

    def __init__(self, name, code):
        self.name, self.code = name, code


class Batch:
    """What one sample executes.

    `entry` is called with the decoded `blobs`, `inner` times each on fresh copies; `target` is the function whose
    code is exchanged. `warm` are calls that are not timed. `keep` keeps the answers for a later comparison.
    """

    def __init__(self, entry, target, blobs, warm, inner=1, keep=False):
        self.entry, self.target, self.blobs, self.warm, self.inner, self.keep = entry, target, blobs, warm, inner, keep


def take(side, batch, timeout, cpu=None, footprint=False, show=False, closing=()):
    """Measures one side in a forked child: {"cpu", "wall", "peak", "decoding", "integral"} in seconds, bytes
    and byte-seconds.

    The values are those of one pass over the calls. "integral" is None unless `footprint` asks for memory to be
    followed; "answers" (bytes) is there when `show` asks for it. `closing` are descriptors the child must not have.
    Both samples of a pair belong on one `cpu`: the cores of a shared machine differ by half as they are used by others.
    """
    down, up = os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            for fd in (down[1], up[0], *closing):
                _close(fd)
            if cpu is not None:
                os.sched_setaffinity(0, {cpu})
            _child(side, batch, down[0], up[1])
        finally:
            _exit(70)
    _close(down[0])
    _close(up[1])
    try:
        sample = _follow(pid, down[1], up[0], batch, timeout, footprint, show)
    finally:
        _close(down[1])
        _close(up[0])
        handed = _end(pid)
    if handed > HANDED_NS:
        sample["cpu"] += handed / 1e9 / batch.inner
    return sample


def merge(taken):
    """Several children as one sample: the median of every value, the answers of the first."""
    one = {name: _middle([sample[name] for sample in taken]) for name in ("cpu", "wall", "peak", "decoding")}
    followed = all(sample["integral"] is not None for sample in taken)
    one["integral"] = _middle([sample["integral"] for sample in taken]) if followed else None
    if "answers" in taken[0]:
        one["answers"] = taken[0]["answers"]
    return one


def _middle(values):
    values = sorted(values)
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def _child(side, batch, inbox, outbox):
    os.setpgid(0, 0)
    gc.disable()
    loading.use(batch.target, side.code)
    function, invoke = loading.function(batch.entry), calls.invoke
    _warm_up(function, invoke, batch.warm)
    decoding = _thread_time()
    passes = [[calls.decode(blob) for blob in batch.blobs] for _ in range(batch.inner)]
    decoding = _thread_time() - decoding
    answers = _run(function, invoke, passes, batch.keep, decoding, inbox, outbox)
    if _read(inbox, 1) == SHOW:
        shown = _tree(answers)
        _send(outbox, struct.pack("<q", len(shown)) + shown)
    _exit(0)


def _run(function, invoke, passes, keep, decoding, inbox, outbox, thread_time=_thread_time, wall_time=_wall_time):
    answers = []
    _reset_peak()
    before = _resident()
    _write(outbox, READY)
    _read(inbox, 1)
    wall = wall_time()
    cpu = thread_time()
    for arguments in passes:
        for each in arguments:
            try:
                answer = invoke(function, each)
            except BaseException as error:  # what a call raises is part of the call
                answer = error
            if keep:
                answers.append(answer)
        keep = False
    answer = None
    cpu = thread_time() - cpu
    wall = wall_time() - wall
    _write(outbox, STOPPED)
    _send(outbox, REPORT.pack(cpu, wall, max(0, _peak() - before), decoding))
    return answers


def _warm_up(function, invoke, blobs):
    """Runs untimed calls until the interpreter has specialised the code, or two milliseconds are over."""
    start = _thread_time()
    for _ in range(WARM_REPEATS):
        for blob in blobs:
            try:
                invoke(function, calls.decode(blob))
            except BaseException:
                pass
            if _thread_time() - start > WARM_NS:
                return


def _follow(pid, inbox, outbox, batch, timeout, footprint, show):
    """The parent's half of a sample."""
    deadline = _wall_time() + int(timeout * 1e9)
    poller = select.poll()
    poller.register(outbox, select.POLLIN | select.POLLHUP)
    _expect(poller, outbox, READY, deadline)
    clock = (~pid << 3) | 2  # the kernel's number for the CPU clock of a process
    points = []
    before = _clock(clock)
    _write(inbox, GO)
    if footprint:
        points.append((before, _statm(pid)))
        while not poller.poll(TICK_MS) and _wall_time() < deadline:
            points.append((_clock(clock), _statm(pid)))
    _expect(poller, outbox, STOPPED, deadline)
    process = _clock(clock) - before
    if footprint:
        points.append((before + process, _statm(pid)))
    cpu, wall, peak, decoding = REPORT.unpack(_receive(poller, outbox, REPORT.size, deadline))
    if process > cpu * SLACK + SLACK_NS:
        cpu = process
    sample = {
        "cpu": cpu / 1e9 / batch.inner,
        "wall": wall / 1e9 / batch.inner,
        "peak": peak,
        "decoding": decoding / 1e9 / batch.inner,
        "integral": _integrate(points) / batch.inner if footprint else None,
    }
    _write(inbox, SHOW if show else LEAVE)
    if show:
        size, = struct.unpack("<q", _receive(poller, outbox, 8, deadline))
        sample["answers"] = _receive(poller, outbox, size, deadline)
    return sample


def _integrate(points):
    """Byte-seconds: resident memory over CPU time, between readings a straight line."""
    return sum((t1 - t0) / 1e9 * (m0 + m1) / 2 for (t0, m0), (t1, m1) in zip(points, points[1:]))


def difference(baseline, candidate):
    """What differs between the answers of two samples, or None. The order of dicts was judged when calls were replayed."""
    found = values.compare(json.loads(baseline), json.loads(candidate))
    return None if found is None or found.order_only else found.text


def _tree(answers):
    """The answers as plain data, which the parent can look at without running anything of theirs."""
    try:
        return json.dumps(values.freeze(answers)).encode("utf-8", "surrogatepass")
    except Exception as error:  # too large, or hostile; equal only to the same failure
        return json.dumps({"opaque": type(error).__name__}).encode()


def _expect(poller, fd, byte, deadline):
    if _receive(poller, fd, 1, deadline) != byte:
        raise Broken("the measuring process was tampered with")


def _receive(poller, fd, size, deadline):
    data = bytearray()
    while len(data) < size:
        left = (deadline - _wall_time()) // 1_000_000
        if left <= 0 or not poller.poll(left):
            raise Broken("timed out")
        piece = _read(fd, min(1 << 20, size - len(data)))
        if not piece:
            raise Broken("the process ended in the middle of a call")
        data += piece
    return bytes(data)


def _send(fd, data):
    view = memoryview(data)
    while view:
        view = view[_write(fd, view):]


def adopt_orphans():
    """Makes this process the parent of processes whose own parent ended, so that their CPU time is seen too."""
    try:
        import ctypes

        ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        pass  # an interpreter without ctypes: the look from outside still sees them


def _end(pid):
    """Kills what is left of a child and of the processes it started, and waits for them.

    Returns the CPU nanoseconds that other processes used on its behalf, warm-up included.
    """
    _kill(pid)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    own = _clock((~pid << 3) | 2)  # final: the child has ended and is not reaped yet
    handed = _reap(pid) - own
    for _ in range(MOST_ORPHANS):  # each pass shortens the list; what is killed may leave orphans of its own
        orphans = _orphans()
        if not orphans:
            break
        for orphan in orphans:
            _kill(orphan)
            handed += _reap(orphan)
    return handed


def _kill(pid):
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except OSError:
            pass


def _reap(pid):
    """Waits for a process; the CPU nanoseconds of it and of all that it waited for itself."""
    try:
        usage = os.wait4(pid, 0)[2]
    except ChildProcessError:
        return 0
    return int((usage.ru_utime + usage.ru_stime) * 1e9)


def _orphans():
    try:
        with _open(f"/proc/self/task/{os.getpid()}/children", "rb") as file:
            return [int(pid) for pid in file.read().split()]
    except OSError:
        return []


def _reset_peak():
    try:
        with _open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass  # then the mark is the highest since the fork


def _status(name):
    with _open("/proc/self/status", "rb") as file:
        for line in file:
            if line.startswith(name):
                return int(line.split()[1]) * 1024
    return 0


def _resident():
    return _status(b"VmRSS:")


def _peak():
    return _status(b"VmHWM:")


def _statm(pid):
    try:
        with _open(f"/proc/{pid}/statm", "rb") as file:
            return int(file.read().split()[1]) * PAGE
    except OSError:
        return 0
