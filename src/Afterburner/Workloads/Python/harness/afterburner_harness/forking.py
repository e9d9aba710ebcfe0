"""Compares two versions of a target at calls whose arguments cannot be stored.

When a chosen call begins, inside the test that makes it, the process forks: each child runs one version on the live
arguments, sends what it did and what that cost over a pipe, and ends. The call then goes on as if nothing had been.
Children have no sockets and pipes of the test. What they append to files they share with it is cut off again; a version
that opens or writes files, starts programs or uses sockets is not forked (its traces would reach the test) and says so.
"""

import fcntl
import gc
import io
import json
import os
import random
import signal
import stat
import sys
import time
import warnings

from . import calls, compare, kinds, loading, recording, samples, state, tests, trees, values
from .probes import Probes
from .tracing import Tracer
from .watching import Watching

CHILD_CPU_SECONDS = 5.0
CHILD_WALL_SECONDS = 15.0
ALL_SECONDS = 30.0  # wall time for all children of a process, but for a call that has begun
MAX_ANSWER = 64 << 20
DOES_IO = 77

# Bound before the code under test can put others in their place.
_thread_time, _process_time, _wall_time = time.thread_time_ns, time.process_time_ns, time.perf_counter_ns

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
IO_EVENTS = ("socket.connect", "socket.bind", "socket.send", "socket.get", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.remove", "os.rename",
             "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown", "os.kill", "shutil.",
             "tempfile.", "sqlite3.connect", "signal.pthread_kill")


class Forker(Watching):
    def __init__(self, emit, request):
        super().__init__(emit)
        self.target = loading.Target.of(request["target"])
        self.sources = {"baseline": request.get("baselineFile"), "candidate": request.get("candidateFile")}
        self.recording = recording.Recording(self.target, request["picks"])
        self.picks = request["picks"]
        self.pairs = request.get("pairs", 0)
        self.timed = request.get("timed", len(self.picks))  # how many of the picks, best first, are timed
        self.compares = request.get("compare", True)
        self.random = random.Random(request.get("seed", 0))
        self.left = ALL_SECONDS
        self.codes = None

    def called(self, target_id, names, frame):
        if self.test is None:
            return
        ordinal, rank = self.recording.next_rank(self.test)
        if rank is None:
            return
        if self.left <= 0:
            self.emit({"type": "unforked", "test": self.test, "reason": f"the calls before it took {ALL_SECONDS:g} s"})
            return
        began = time.monotonic()
        self.at_call(ordinal, rank, names, frame)
        self.left -= time.monotonic() - began

    def failed(self, error):
        self.emit({"type": "unforked", "test": self.test, "reason": f"{type(error).__name__}: {str(error)[:300]}"})

    def at_call(self, ordinal, rank, names, frame):
        function = recording.running(self.target, frame)
        arguments = calls.parameters(function, names)
        if self.codes is None:
            self.codes = loading.variants(self.target, self.sources, self.random)
            if self.compares:
                self.probes = {name: Probes() for name in self.sources}
                self.probed = loading.variants(self.target, self.sources, self.random, probes=self.probes)
            calls.prepare(function)
        where = {"test": self.test, "ordinal": ordinal}
        if self.compares:
            answer = self.compare(function, arguments, self.picks[rank].get("raised"))
            self.emit({"type": "compared", "shape": values.shape(arguments), **where, **answer})
            if "reason" in answer or answer["difference"] is not None:
                return
        if rank < self.timed:
            # Pairs are dealt to the timed calls in turn.
            for _ in range(rank, self.pairs, min(self.timed, len(self.picks))):
                self.pair(function, arguments, where)

    def compare(self, function, arguments, raised):
        """{"difference", "seconds"}, or {"reason"} when the baseline itself cannot be compared here."""
        first = self.fork("baseline", function, arguments, full=True)
        second = self.fork("baseline", function, arguments, full=True)
        for answer in (first, second):
            if "reason" in answer:
                return {"reason": answer["reason"]}
        if compare.compare(first["tree"], second["tree"]) is not None:
            return {"reason": "made twice it does not give one answer", "chance": True}
        if raised is not None and raised != first["raised"]:
            return {"reason": "made in a forked process it does not end as it did in its test"}
        seconds = min(first["cpu"], second["cpu"])
        other = self.fork("candidate", function, arguments, full=True)
        if "reason" in other:
            return {"difference": other["reason"], "seconds": seconds}
        found = compare.compare(first["tree"], other["tree"])
        traces = {name: self.fork(name, function, arguments, full=False, traced=True) for name in self.codes}
        difference = kept(traces) if found is None else found.text
        return {
            "difference": difference, "seconds": seconds,
            "executed": traces["candidate"].get("lines", []), "baselineExecuted": traces["baseline"].get("lines", []),
            "arms": traces["candidate"].get("arms", []), "baselineArms": traces["baseline"].get("arms", []),
        }

    def pair(self, function, arguments, where):
        order = ["baseline", "candidate"]
        self.random.shuffle(order)
        sides = {name: self.fork(name, function, arguments, full=False) for name in order}
        for name in order:
            if "reason" in sides[name]:
                self.emit({"type": "broken", "side": name, "reason": sides[name]["reason"], **where})
                return
        if sides["baseline"].pop("digest") != sides["candidate"].pop("digest"):
            self.emit({"type": "compared", **where, "difference": "its answer while being timed is another one"})
            return
        self.emit({"type": "pair", **where, **sides})

    def fork(self, name, function, arguments, full, traced=False):
        """Runs one version in a child; what it did and cost, or a reason."""
        files = open_files()
        reader, writer = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        gc.collect()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            child = os.fork()
        if child == 0:
            try:
                os.close(reader)
                self.child(name, function, arguments, full, traced, writer)
            finally:
                os._exit(70)
        os.close(writer)
        data, status = calls.collect(child, reader, CHILD_WALL_SECONDS, MAX_ANSWER)
        restore(files)
        if status > 0 and os.WIFEXITED(status) and os.WEXITSTATUS(status) == DOES_IO:
            return {"reason": f"it does input or output ({data.decode(errors='replace')})", "io": True}
        if status == -1 or status > 0 and os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF:
            return {"reason": f"it takes more than {CHILD_CPU_SECONDS:g} s"}
        try:
            return json.loads(data)
        except ValueError:
            return {"reason": f"it ends the process (status {status})"}

    def child(self, name, function, arguments, full, traced, writer):
        code = (self.probed if traced else self.codes)[name]
        loading.use(self.target, code)
        kinds.remember(again=True)  # the test may have made classes since it began
        resident = start_peak()
        printed = alone(writer)
        written = writable_files()
        if traced:
            before = state.snapshot(function)
            with Tracer(code) as tracer:
                measured(function, arguments, resident)
            send(writer, {"lines": sorted(tracer.hits), "arms": sorted(self.probes[name].ran), "changed": state.changes(before, state.snapshot(function))})
        outcome, cost = measured(function, arguments, resident)
        try:
            tree = trees.freeze((outcome, arguments, printed.getvalue()))
        except Exception as error:
            answer = {"reason": f"what it does cannot be compared: {str(error)[:200]}"}
        else:
            answer = {**cost, "raised": outcome[0] == "raised"}
            answer.update({"tree": tree} if full else {"digest": trees.digest_tree(tree)})
        if writable_files() != written:
            refuse(writer, "an open file changes")
        send(writer, answer)


def kept(traces):
    """What the candidate leaves behind in the process and the baseline does not, for a person; None when there is nothing."""
    changed = {name: set(trace.get("changed", ())) for name, trace in traces.items()}
    left = sorted(changed["candidate"] - changed["baseline"])
    return f"it keeps state between calls: {', '.join(left[:5])}" if left else None


def send(writer, answer):
    """The last thing a child does."""
    data = json.dumps(answer).encode()
    while data:
        data = data[os.write(writer, data):]
    os._exit(0)


def alone(writer):
    """Cuts a child off from what it shares with the test. Returns what takes its standard output."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, CHILD_CPU_SECONDS)
    nowhere, nothing = os.open(os.devnull, os.O_RDWR), os.open("/", os.O_PATH)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    for number in shared(writer):
        os.dup2(nothing, number)  # whoever uses it is told that it cannot be used
    printed = sys.stdout = sys.stderr = io.StringIO()
    events = sys.modules.get("asyncio.events")
    if events is not None:
        events._set_running_loop(None)  # the loop that runs the test is not this process's

    def refuse_io(event, details):
        if event == "open":
            mode, flags = details[1], details[2]
            if not (flags & WRITING if isinstance(flags, int) else mode and set(mode) & set("wax+")):
                return
        elif not event.startswith(IO_EVENTS):
            return
        refuse(writer, event)

    sys.addaudithook(refuse_io)
    return printed


def shared(writer):
    """Open sockets and pipes, but for the one that the answer goes through."""
    found = []
    for number in map(int, os.listdir("/proc/self/fd")):
        try:
            mode = os.fstat(number).st_mode
        except OSError:
            continue
        if number != writer and (stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode)):
            found.append(number)
    return found


def refuse(writer, why):
    """Ends a child that did what the test could see."""
    try:
        os.write(writer, why.encode())
    finally:
        os._exit(DOES_IO)


def measured(function, arguments, resident):
    """Runs the call to its end: (("returned" | "raised", value), cost). Threads that were started for it count as well."""
    gc.disable()
    before, process, cpu, wall = _thread_time(), _process_time(), _thread_time(), _wall_time()
    try:
        outcome = ("returned", calls.invoke(function, arguments))
    except BaseException as error:
        outcome = ("raised", error)
    wall, cpu, process, before = _wall_time() - wall, _thread_time() - cpu, _process_time() - process, _thread_time() - before
    # Between two readings of clocks the machine may pause, and count that as CPU time: `before` has all such pauses in it.
    if process > before * samples.SLACK + samples.SLACK_NS:
        cpu = process
    peak = memory("VmHWM")
    # Memory over time is not followed here: the highest memory times the CPU time stands for it.
    return outcome, {"cpu": cpu / 1e9, "wall": wall / 1e9, "peak": max(0, peak - resident), "integral": peak * cpu / 1e9}


def start_peak():
    """Sets the mark of the highest memory back to what is used now, and returns that."""
    try:
        descriptor = os.open("/proc/self/clear_refs", os.O_WRONLY)
    except OSError:
        return memory("VmHWM")
    try:
        os.write(descriptor, b"5")
    finally:
        os.close(descriptor)
    return memory("VmRSS")


def memory(field):
    with open("/proc/self/status", "rb") as status:
        for line in status:
            if line.startswith(field.encode()):
                return int(line.split()[1]) * 1024
    return 0


def writable_files():
    """State of the regular files that this process has open for writing."""
    found = {}
    for number, position, size in open_files():
        if fcntl.fcntl(number, fcntl.F_GETFL) & (os.O_WRONLY | os.O_RDWR):
            found[number] = position, size, os.fstat(number).st_mtime_ns
    return found


def open_files():
    """Position and size of every regular file this process has open."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            details = os.fstat(int(name))
            if stat.S_ISREG(details.st_mode):
                found.append((int(name), os.lseek(int(name), 0, os.SEEK_CUR), details.st_size))
        except OSError:
            continue
    return found


def restore(files):
    """Undoes what a child read from or appended to the files it shares."""
    for descriptor, position, size in files:
        try:
            if os.fstat(descriptor).st_size > size:
                os.ftruncate(descriptor, size)
            os.lseek(descriptor, position, os.SEEK_SET)
        except OSError:
            continue


def main(request, emit):
    loading.prepare(request)
    forker = Forker(emit, request)
    loading.watch([forker.target], forker.enter)
    problem = tests.run(request, forker)
    forker.process = None
    tests.finish(emit, problem, collected=forker.count)
