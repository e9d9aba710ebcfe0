"""Process 1 of a sandbox that has no control group to read: it starts the runner, passes frames on, and tells what all others used.

Nothing of the repository is ever loaded here. To process 1 of a namespace come no signals from inside, and its memory and
descriptors are closed to the others, so what it says is the kernel's word. Whatever runs beside it is below it: the dead are
counted when they are reaped, here or by a parent that is reaped itself. A process that nobody reaps would die uncounted, so
the filter of system calls leaves SIGCHLD as it is, and a sample is only over when all that took part in it is dead.

Frames both ways: length of the content (4 bytes, little endian), kind (1 byte), content. Frames of the runner are content here.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import struct
import sys

from .below import Below, own_clock

HEAD = struct.Struct("<IB")
NUMBER = struct.Struct("<q")
RELAY = b"R"  # both ways
CLOCK, REST, RESUME, BEGIN, FINISH = b"C", b"S", b"G", b"B", b"F"  # from whoever asks; RELAY, RESUME and BEGIN are not answered
HELLO, ANSWER = b"H", b"A"

CHUNK = 1 << 16
LOOK_MS = 20  # how soon a death is seen
PR_GET_DUMPABLE, PR_SET_DUMPABLE = 3, 4


def main(arguments: list[str]) -> None:
    """Runs ``arguments`` with the word "apart" behind them, or says why it cannot be what it has to be."""
    why = why_not()
    send(HELLO, (why or "").encode())
    if why is None:
        Relay(arguments).run()


def why_not() -> str | None:
    """Why this process cannot tell what the others use; null where it can."""
    try:
        if os.getpid() != 1 or os.readlink("/proc/self") != "1":
            return "it is not process 1 of its own namespace"
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python's handler is the only one that a signal from inside would reach
        prctl = ctypes.CDLL(None, use_errno=True).prctl
        if prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 or prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0:
            return "its memory cannot be closed to others"
        if signal.getsignal(signal.SIGCHLD) != signal.SIG_DFL:
            return "children that end are not kept"
        if own_clock(1) is None:
            return "the clock of a process cannot be read"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    except OSError:
        return None
    return "the system calls that let a process die unseen are not refused"


def send(kind: bytes, content: bytes) -> None:
    view = memoryview(HEAD.pack(len(content), kind[0]) + content)
    while view:
        view = view[os.write(1, view):]


class Relay:
    """Passes on what goes to the runner and what comes from it, and answers questions in between."""

    def __init__(self, arguments: list[str]):
        inbox, self.to_runner = os.pipe()
        self.from_runner, outbox = os.pipe()
        runner = os.fork()
        if runner == 0:
            become(arguments, inbox, outbox)
        os.close(inbox)
        os.close(outbox)
        os.set_blocking(self.to_runner, False)
        self.below = Below(runner)
        self.asked, self.waiting = bytearray(), bytearray()
        self.poll = select.poll()
        self.poll.register(0, select.POLLIN)
        self.poll.register(self.from_runner, select.POLLIN)

    def run(self) -> None:
        while self.below.ended is None:
            ready = dict(self.poll.poll(LOOK_MS))
            if 0 in ready:
                self.take()
            if self.to_runner in ready:
                self.write()
            if self.from_runner in ready:
                self.relay()
            self.below.reap()
        while self.relay():
            pass
        status = self.below.ended
        os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))

    def relay(self) -> bool:
        """Passes on what the runner wrote; False when there is no more."""
        if not select.select([self.from_runner], [], [], 0)[0]:
            return False
        data = os.read(self.from_runner, CHUNK)
        if data:
            send(RELAY, data)
        else:
            self.poll.unregister(self.from_runner)
            self.from_runner, closed = os.open(os.devnull, os.O_WRONLY), self.from_runner
            os.close(closed)
        return bool(data)

    def take(self) -> None:
        data = os.read(0, CHUNK)
        if not data:
            os._exit(0)  # nobody asks any more; all others end with this process
        self.asked += data
        while len(self.asked) >= HEAD.size:
            length, kind = HEAD.unpack_from(self.asked)
            if len(self.asked) < HEAD.size + length:
                return
            content = bytes(self.asked[HEAD.size:HEAD.size + length])
            del self.asked[:HEAD.size + length]
            self.answer(bytes([kind]), content)

    def answer(self, kind: bytes, content: bytes) -> None:
        if kind == RELAY:
            self.waiting += content
            self.write()
        elif kind == CLOCK:
            send(ANSWER, NUMBER.pack(self.below.clock()))
        elif kind == REST:
            send(ANSWER, NUMBER.pack(self.below.rest(NUMBER.unpack(content)[0] / 1000)))
        elif kind == RESUME:
            self.below.resume()
        elif kind == BEGIN:
            self.below.begin()
        elif kind == FINISH:
            send(ANSWER, NUMBER.pack(self.below.finish(NUMBER.unpack(content)[0] / 1000)))

    def write(self) -> None:
        try:
            while self.waiting:
                del self.waiting[:os.write(self.to_runner, memoryview(self.waiting)[:CHUNK])]
        except BlockingIOError:
            self.poll.register(self.to_runner, select.POLLOUT)
            return
        except BrokenPipeError:
            self.waiting.clear()
        try:
            self.poll.unregister(self.to_runner)
        except KeyError:
            pass


def become(arguments: list[str], inbox: int, outbox: int) -> None:
    """The runner, with nothing of this process but the two pipes."""
    try:
        os.dup2(inbox, 0)
        os.dup2(outbox, 1)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        for number in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        os.execvp(arguments[0], [*arguments, "apart"])
    except BaseException as error:
        print(f"{arguments[0]}: {error}", file=sys.stderr, flush=True)
    finally:
        os._exit(127)
