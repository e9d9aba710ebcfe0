"""All processes below process 1, and what they used, as the kernel tells it. Nothing of the repository is ever loaded here."""

from __future__ import annotations

import os
import signal
import time

PAUSE_SECONDS = 0.0001
STOPPING_NS = 50_000  # what a process may still use after it has been marked as stopped; starting another takes more
STILL = b"TtZXx"  # states of a thread that stands still or is dead


class Below:
    """All processes below this one, and what they used."""

    def __init__(self, runner: int):
        self.runner = runner
        self.dead = 0  # nanoseconds of whatever was reaped here, and of what that had reaped
        self.ended = None  # wait status of the runner
        self.before = self.known = {runner}  # who lived when all stood still, the time before last and the last time
        self.kept = {}  # who lived before the sample was made, and what it had used: it stands still while the sample runs
        self.sample = set()
        self.killed = {}  # what it had used until it was killed: its end is not the sample's work
        self.tick = 1_000_000_000 // os.sysconf("SC_CLK_TCK")

    def reap(self) -> None:
        while True:
            try:
                found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if found is None:
                return
            self.bury(found.si_pid)

    def bury(self, process: int) -> None:
        own = own_clock(process) or 0
        _, status, usage = os.wait4(process, 0)
        whole = round((usage.ru_utime + usage.ru_stime) * 1e9)  # with those it had reaped, each in whole microseconds
        until = self.killed.pop(process, own)
        self.dead += until + max(0, whole - own)
        if process == self.runner:
            self.ended = status
        if process in self.sample:
            self.sample = set()
            self.resume()  # it did not wait for its end: the runner has to say so

    def used(self, process: int) -> int | None:
        """Its own nanoseconds, and in ticks those of whom it has reaped; None when it is gone."""
        own, fields = own_clock(process), stat(f"/proc/{process}/stat")
        return None if own is None or fields is None else own + self.tick * (int(fields[13]) + int(fields[14]))

    def clock(self) -> int:
        self.reap()
        return self.dead + sum(self.used(process) or 0 for process in others())

    def rest(self, patience: float) -> bool:
        if not self.settle(patience, set()):
            return False
        self.before, self.known = self.known, others()
        return True

    def settle(self, patience: float, but: set[int]) -> bool:
        """Stops all others but some, until a look at them finds nobody moving and nobody new."""
        end = time.monotonic() + patience
        while True:
            found = others() - but
            moving = [process for process in found if not stands(process)]
            for process in moving:
                tell(process, signal.SIGSTOP)
            self.reap()
            if not moving and others() - but <= found:
                return True
            if time.monotonic() > end:
                return False
            time.sleep(PAUSE_SECONDS)

    def resume(self) -> None:
        for process in others():
            tell(process, signal.SIGCONT)

    def begin(self) -> None:
        """Lets the sample go on. Who was there before it could work for it, and die or reap unseen: it stands still."""
        self.reap()
        alive = others()
        self.kept = {process: self.used(process) for process in self.before & alive}
        self.sample = alive - set(self.kept)
        for process in self.sample:
            tell(process, signal.SIGCONT)

    def finish(self, patience: float) -> bool:
        """Kills and reaps all that took part in the sample. False when somebody else did too, or it is not to be had."""
        if not self.sample or not self.settle(patience, set(self.kept)):
            return False
        for process, was in self.kept.items():
            used = self.used(process)
            if used is None or was is None or used - was > STOPPING_NS:
                return False
        self.sample = set()
        left = others() - set(self.kept)
        self.killed = {process: own_clock(process) or 0 for process in left}
        for process in left:
            tell(process, signal.SIGKILL)
        end = time.monotonic() + patience
        while any(lives(process) for process in others() - set(self.kept)):
            self.reap()
            if time.monotonic() > end:
                return False
            time.sleep(PAUSE_SECONDS)
        self.killed = {}
        self.known = set(self.kept)
        return True


def others() -> set[int]:
    """All processes but this one, the dead that nobody has reaped included."""
    return {int(name) for name in os.listdir("/proc") if name.isdigit()} - {1}


def own_clock(process: int) -> int | None:
    """CPU nanoseconds of all threads of a process, or of a dead one that is not reaped; None when there is none."""
    try:
        return time.clock_gettime_ns(((~process) << 3) | 2)
    except OSError:
        return None


def stat(path: str) -> list[bytes] | None:
    """The fields behind the name, state first; None when it is gone."""
    try:
        with open(path, "rb", 0) as file:
            text = file.read()
    except OSError:
        return None
    return text[text.rindex(b")") + 2:].split()


def stands(process: int) -> bool:
    try:
        threads = os.listdir(f"/proc/{process}/task")
    except OSError:
        return True
    return all(fields is None or fields[0] in STILL for fields in (stat(f"/proc/{process}/task/{t}/stat") for t in threads))


def lives(process: int) -> bool:
    """Whether it runs, or is dead and to be reaped here. The dead child of a process that stands still does nothing, and is reaped when that goes on."""
    fields = stat(f"/proc/{process}/stat")
    return fields is not None and (fields[0] not in (b"Z", b"X") or fields[1] == b"1")


def tell(process: int, number: int) -> None:
    try:
        os.kill(process, number)
    except ProcessLookupError:
        pass
