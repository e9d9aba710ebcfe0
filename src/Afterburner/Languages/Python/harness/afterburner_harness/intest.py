"""One version of a function at the calls that tests make of it, for calls whose arguments cannot be stored.

The covering tests run in this process. When a chosen call begins, the process stops there and answers commands like a
``runner``: each child runs the call on the live arguments. Then the call goes on as if nothing had been. Children have no
sockets and pipes of the test. What they append to files they share with it is cut off again; a version that opens or writes
files, starts programs or uses sockets says so instead of answering (its traces would reach the test).
"""

import fcntl
import gc
import json
import os
import signal
import stat
import sys
import warnings

from . import calls, effects, kinds, loading, recording, runner, tests, values
from .watching import Watching

CHILD_CPU_SECONDS = 5.0
DOES_IO = 77

IO_EVENTS = ("socket.connect", "socket.bind", "socket.send", "socket.get", "subprocess.", "os.system", "os.exec", "os.posix_spawn",
             "os.spawn", "os.fork", "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod",
             "os.chown", "os.kill", "shutil.", "tempfile.", "sqlite3.connect", "signal.pthread_kill")


def main(pipe, request):
    """Runs the tests. Says at every chosen call that it is there; says what the tests come to in messages, the last of them "done"."""
    loading.prepare(request)
    stop = Stop(pipe, request)
    loading.watch([stop.target], stop.enter)
    problem = tests.run(request, stop)
    stop.process = None
    tests.finish(stop.emit, problem, collected=stop.count)


class Stop(Watching):
    """The place in the tests where a call is looked at; to ``runner`` it is a version."""

    repeats = False

    def __init__(self, pipe, request):
        owner = os.getpid()

        def emit(message):
            if os.getpid() == owner:
                pipe.send(runner.MESSAGE, json.dumps(message).encode("utf-8", "surrogatepass"))

        super().__init__(emit)
        self.pipe, self.request = pipe, request
        self.target = self.entry = loading.Target.of(request["target"])
        self.recording = recording.Recording(self.target, request["picks"])
        self.ready = False

    def called(self, target_id, names, frame):
        if self.test is None:
            return
        ordinal, rank = self.recording.next_rank(self.test)
        if rank is None:
            return
        self.function = recording.running(self.target, frame)
        self.live = calls.parameters(self.function, names)
        if not self.ready:
            self.codes(self.request)
            calls.prepare(self.function)
            self.ready = True
        at = {"test": self.test, "ordinal": ordinal, "rank": rank, "shape": values.shape(self.live)}
        self.pipe.send(runner.REPLY, json.dumps({"at": at}).encode("utf-8", "surrogatepass"))
        while True:
            command = json.loads(self.pipe.receive(runner.COMMAND))
            if command["do"] == "next":
                return
            self.files = open_files()
            sys.stdout.flush()
            sys.stderr.flush()
            gc.collect()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                runner.serve(self.pipe, self, command, after=lambda: restore(self.files))

    def failed(self, error):
        self.pipe.send(runner.REPLY, json.dumps({"unfit": f"{type(error).__name__}: {str(error)[:300]}"}).encode("utf-8", "surrogatepass"))

    def codes(self, request):
        """This process runs the tests with the code as it lies; children run that of this version."""
        with open(self.target.file, "rb") as file:
            source = request["file"] if request.get("file") is not None else file.read()
        self.code = loading.variant(self.target, source)
        if request.get("trace"):
            from .probes import Probes

            self.probes = Probes()
            self.probed = loading.variant(self.target, source, probes=self.probes)

    def isolate(self, pipe):
        loading.use(self.target, self.code)
        kinds.remember(again=True)  # the test may have made classes since it began
        set_apart((pipe.inbox, pipe.outbox), CHILD_CPU_SECONDS)
        refuse_io(lambda why: pipe.send(runner.REPLY, json.dumps({"failure": f"does input or output ({why})"}).encode()))
        self.written = writable_files()

    def trace_left(self):
        """What a child did that its test could see, or None."""
        return "does input or output (an open file changes)" if writable_files() != self.written else None

    def warm_up(self):
        """Live arguments are there once: nothing is run beforehand."""

    def arguments(self, content):
        return [self.live]


def set_apart(own, cpu_seconds):
    """Cuts a child off from what it shares with the test, but for its ``own`` descriptors, and limits its CPU time."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
    nowhere, nothing = os.open(os.devnull, os.O_RDWR), os.open("/", os.O_PATH)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    for number in shared(own):
        os.dup2(nothing, number)  # whoever uses it is told that it cannot be used
    events = sys.modules.get("asyncio.events")
    if events is not None:
        events._set_running_loop(None)  # the loop that runs the test is not this process's


def refuse_io(tell):
    """Ends this process as soon as it does what the test could see; ``tell`` says why."""

    def refuse(event, details):
        if event == "open":
            if not effects.writes(details[1], details[2]):
                return
        elif not event.startswith(IO_EVENTS):
            return
        try:
            tell(event)
        finally:
            os._exit(DOES_IO)

    sys.addaudithook(refuse)


def shared(own):
    """Open sockets and pipes, but for these."""
    found = []
    for number in map(int, os.listdir("/proc/self/fd")):
        try:
            mode = os.fstat(number).st_mode
        except OSError:
            continue
        if number not in own and (stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode)):
            found.append(number)
    return found


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
