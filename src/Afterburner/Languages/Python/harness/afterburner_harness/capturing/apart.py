"""Cuts a forked child off from the test that it was forked in, so that the test goes on as if nothing had been."""

from __future__ import annotations

import fcntl
import os
import signal
import stat
import sys
from collections.abc import Callable

from ..comparing import effects

DOES_IO = 77
IO_EVENTS = ("socket.connect", "socket.bind", "socket.send", "socket.get", "subprocess.", "os.system", "os.exec", "os.posix_spawn",
             "os.spawn", "os.fork", "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod",
             "os.chown", "os.kill", "shutil.", "tempfile.", "sqlite3.connect", "signal.pthread_kill")


def set_apart(own: tuple[int, ...], cpu_seconds: float) -> None:
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


def refuse_io(tell: Callable[[str], None]) -> None:
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


def shared(own: tuple[int, ...]) -> list[int]:
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


def writable_files() -> dict[int, tuple]:
    """State of the regular files that this process has open for writing."""
    found = {}
    for number, position, size in open_files():
        if fcntl.fcntl(number, fcntl.F_GETFL) & (os.O_WRONLY | os.O_RDWR):
            found[number] = position, size, os.fstat(number).st_mtime_ns
    return found


def open_files() -> list[tuple[int, int, int]]:
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


def restore(files: list[tuple[int, int, int]]) -> None:
    """Undoes what a child read from or appended to the files it shares."""
    for descriptor, position, size in files:
        try:
            if os.fstat(descriptor).st_size > size:
                os.ftruncate(descriptor, size)
            os.lseek(descriptor, position, os.SEEK_SET)
        except OSError:
            continue
