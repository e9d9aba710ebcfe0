"""Runs one program on inputs, as often as it is asked, in a process of its own each time. It stands in a sandbox; what a program costs is read from outside.

Frames go in and out: four bytes of length, the highest first, then so many bytes. In come how the program is run (JSON) and the program; out goes
{"ready": true}, or {"failed": why}. Then come lists of inputs (JSON), and for each go out a list of how its runs ended (JSON) and what each answered.
"""

from __future__ import annotations

import atexit
import builtins
import contextlib
import ctypes
import errno
import gc
import json
import os
import resource
import signal
import struct
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable

MOST = 16 << 20  # bytes of one answer
SHOWN = 600  # characters of what went wrong
TICK = 0.25  # seconds between two looks at a run
LONGEST_SLEEP = 3  # seconds of a run in which nothing of it works
SCRATCH = "/tmp"
WRITABLE = (SCRATCH, "/dev/shm", "/var/tmp")  # of a sandbox
DUMPABLE, SUBREAPER = 4, 36  # prctl(2): who else may read and write our memory; what a child leaves behind becomes ours
NO_NEW_PRIVILEGES, SECCOMP, FILTER = 38, 22, 2
INTERNET = (2, 10)  # AF_INET, AF_INET6
# Of each architecture how the kernel calls it, fadvise64, readahead, preadv2, mincore and cachestat, and socket.
REFUSED = {"x86_64": (0xC000003E, (221, 187, 327, 27, 451), 41), "aarch64": (0xC00000B7, (223, 213, 286, 232, 451), 198)}
C = ctypes.CDLL(None)
REMOVE = 0  # IPC_RMID
REMOVED = (
    ("shm", lambda number: C.shmctl(number, REMOVE, None)),
    ("msg", lambda number: C.msgctl(number, REMOVE, None)),
    ("sem", lambda number: C.semctl(number, 0, REMOVE)),
)


# Whoever asks is talked to elsewhere: the usual numbers are the program's, whose streams stand ready for every child.
ASKED, ANSWERED = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")


def receive() -> bytes | None:
    """The next frame; None where nobody asks any more."""
    head = ASKED.read(4)
    if len(head) < 4:
        return None
    return ASKED.read(struct.unpack(">I", head)[0])


def send(content: bytes) -> None:
    ANSWERED.write(struct.pack(">I", len(content)) + content)
    ANSWERED.flush()


def send_file(file: int, size: int) -> None:
    """So many bytes of a file that is closed then; they go from the kernel to the kernel."""
    ANSWERED.write(struct.pack(">I", size))
    ANSWERED.flush()
    sent = 0
    while sent < size:
        sent += os.sendfile(ANSWERED.fileno(), file, sent, size - sent)
    os.close(file)


def prepared(order: dict, program: str) -> Callable[[str], object]:
    """What makes one run, as a function of the text of its input."""
    if order.get("run"):
        with open(f"{SCRATCH}/{order['file']}", "w", encoding="utf-8") as file:
            file.write(program)
        if order.get("compile"):
            made = subprocess.run(order["compile"], cwd=SCRATCH, capture_output=True, check=False)
            if made.returncode != 0:
                raise SyntaxError(made.stderr.decode("utf-8", "replace")[-SHOWN:])
        return lambda _: os.execvp(order["run"][0], order["run"])
    code, known = compile(program, "solution.py", "exec", dont_inherit=True), {}
    exec(order.get("prelude") or "", known)
    known.pop("__builtins__", None)
    if order.get("entry"):
        return lambda text: call(code, order["entry"], text, order, known)
    return lambda _: execute(code, "__main__", known)


def execute(code, name: str, known: dict) -> dict:
    names = {**known, "__name__": name, "__builtins__": builtins, "__file__": "solution.py"}
    exec(code, names)
    return names


def call(code, entry: str, text: str, order: dict, known: dict) -> None:
    """Calls a function, and writes what it gives back: as JSON, or as Python writes it."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)  # what it prints is no answer
    names = execute(code, "solution", known)
    holder = names.get("Solution")
    function = getattr(holder(), entry) if holder is not None and hasattr(holder, entry) else names[entry]
    # JSON is an expression too, with three more names.
    arguments = eval(text, {"true": True, "false": False, "null": None}) if order.get("expressions") else json.loads(text)
    if order.get("prelude"):
        arguments = [numbered(argument) for argument in arguments]
    value = function(*arguments)
    if order.get("literals"):
        answers.write(repr(value))
    else:
        json.dump(plain(value), answers)
    answers.close()


def numbered(value: object) -> object:
    """A dictionary whose keys are numbers, which JSON has as texts (``testing_util.py`` of APPS)."""
    if isinstance(value, dict) and value and all(key.lstrip("-").isdigit() for key in value):
        return {int(key): item for key, item in value.items()}
    return value


def plain(value: object) -> object:
    """A value as JSON has it: every sequence a list."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted((plain(item) for item in value), key=repr)
    if isinstance(value, (bytes, bytearray)):
        return repr(value)
    try:
        return [plain(item) for item in value]
    except TypeError:
        return repr(value)


def run(once, text: str, order: dict, most: int) -> tuple[dict, int, int]:
    """One run in a child: how it ended, the file of its answer, and how many bytes of that count, ``most`` at most.

    Files have no name once they are open, so that nothing can take their place; and answers are never read into our memory, of which the next child has a copy.
    """
    files = [nameless() for _ in range(3)]
    os.pwrite(files[0], text.encode("utf-8", "surrogatepass"), 0)
    child = os.fork()
    if child == 0:
        inside(once, text, files, order)
    late = order["late"] = []
    order["child"], order["left"], order["idle"] = child, (order["seconds"] * 2 + 5) / TICK, LONGEST_SLEEP / TICK
    signal.setitimer(signal.ITIMER_REAL, TICK, TICK)
    _, status = os.waitpid(child, 0)
    end_what_is_left()
    signal.setitimer(signal.ITIMER_REAL, 0)
    answer, error = os.fstat(files[1]).st_size, os.pread(files[2], 64 << 10, 0)
    os.close(files[0])
    os.close(files[2])
    left = tidy(order["kept"]) or (None if own_state() == order["own"] else "it changed the process that runs it")
    ended = {"code": os.waitstatus_to_exitcode(status)}
    if left:
        ended["code"], error = 1, left.encode()
    if late or ended["code"] == -signal.SIGXCPU:
        ended["late"] = True
    if answer > most:
        ended["cut"] = True
    if ended["code"] != 0:
        ended["error"] = error.decode("utf-8", "replace")[-SHOWN:]
    return ended, files[1], min(answer, most)


def nameless() -> int:
    """A file that no path leads to."""
    path = f"{SCRATCH}/run"
    opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    os.unlink(path)
    return opened


def somebody_works() -> bool:
    """Whether a process other than this one runs, wants to, or waits for a disk."""
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            for thread in tasks(name):
                with contextlib.suppress(OSError, IndexError), open(f"/proc/{name}/task/{thread}/stat", encoding="utf-8", errors="replace") as file:
                    if file.read().rpartition(")")[2].split()[0] in "RD":
                        return True
    return False


def tasks(process: str) -> list[str]:
    try:
        return os.listdir(f"/proc/{process}/task")
    except OSError:
        return []


def end_what_is_left() -> None:
    """A program that goes on after its run would work for the next one."""
    while has_children():
        for child in [int(name) for name in os.listdir("/proc") if name.isdigit() and parent(name) == os.getpid()]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child, 0)


def has_children() -> bool:
    """Whatever a run left behind became ours when it ended."""
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    return True


def parent(process: str) -> int | None:
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as file:
            return int(file.read().rpartition(")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return None


def tidy(kept: dict[str, tuple[int, ...] | None]) -> str | None:
    """What a run wrote somewhere could be the answer of the next. Why nothing may be run any more; None where all is as it was."""
    changed = next((path for path, was in kept.items() if was and state(path) != was), None)
    if changed:
        return f"it wrote over {changed}, which it is run from"
    for folder in [*WRITABLE, *(path for path, was in kept.items() if not was)]:
        # One that is not ours nobody of us can change.
        with contextlib.suppress(FileNotFoundError, PermissionError):
            os.chmod(folder, 0o700)
            os.utime(folder, (0, 0))
            for name in os.listxattr(folder):
                os.removexattr(folder, name)
        with contextlib.suppress(FileNotFoundError):
            for name in os.listdir(folder):
                if f"{folder}/{name}" not in kept:
                    clear(f"{folder}/{name}")
    left = next((f"{folder}/{name}" for folder in WRITABLE if os.path.isdir(folder) for name in os.listdir(folder) if f"{folder}/{name}" not in kept), None)
    if left:
        return f"{left} cannot be taken away"
    for kind, remove in REMOVED:
        with contextlib.suppress(OSError), open(f"/proc/sysvipc/{kind}", encoding="ascii") as lines:
            for line in lines.readlines()[1:]:
                remove(int(line.split()[1]))
    return None


def clear(path: str) -> None:
    """Takes something away, whatever its owner said of who may do so."""
    if os.path.isdir(path) and not os.path.islink(path):
        with contextlib.suppress(OSError):
            os.chmod(path, 0o700)
            for name in os.listdir(path):
                clear(f"{path}/{name}")
            os.rmdir(path)
    else:
        with contextlib.suppress(OSError):
            os.unlink(path)


def refuse() -> None:
    """Has the kernel refuse what programs of contests have no use for, to us and to all that we start.

    By what lies in the page cache, which sandboxes share, a run could tell another one its answers; and memory in buffers
    of TCP is counted nowhere on some machines.
    """
    calls = REFUSED.get(os.uname().machine)
    if calls is None:
        return
    audit, numbers, socket = calls
    load, equals, allow = (0x20, 0x15, (0x06, 0, 0, 0x7FFF0000))
    lines = [(load, 0, 0, 4), (equals, 1, 0, audit), allow, (load, 0, 0, 0)]
    for number in numbers:
        lines += [(equals, 0, 1, number), (0x06, 0, 0, 0x50000 | errno.ENOSYS)]
    lines += [(equals, 0, 4, socket), (load, 0, 0, 16), (equals, 1, 0, INTERNET[0]), (equals, 0, 1, INTERNET[1])]
    lines += [(0x06, 0, 0, 0x50000 | errno.EAFNOSUPPORT), allow]
    program = b"".join(struct.pack("<HBBI", *line) for line in lines)
    held = ctypes.create_string_buffer(program, len(program))
    C.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    C.prctl(SECCOMP, FILTER, struct.pack("<HxxxxxxQ", len(lines), ctypes.addressof(held)), 0, 0)


def own_state() -> list:
    """What somebody of the same user may set of this process, and who is started by it has as well."""
    limits = [getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")]
    policy = os.sched_getscheduler(0), os.sched_getparam(0).sched_priority, os.getpriority(os.PRIO_PROCESS, 0), sorted(os.sched_getaffinity(0))
    return [[resource.getrlimit(limit) for limit in limits], *policy, os.getcwd(), os.getsid(0), os.getpgrp()]


def laid_out() -> dict[str, tuple[int, ...] | None]:
    """What lies there before the first run: files with their state, folders without."""
    kept: dict[str, tuple[int, ...] | None] = {}
    for top in WRITABLE:
        for folder, folders, files in os.walk(top):
            kept.update({os.path.join(folder, name): None for name in folders})
            kept.update({os.path.join(folder, name): state(os.path.join(folder, name)) for name in files})
    return kept


def state(path: str) -> tuple[int, ...] | None:
    """Nobody but the kernel sets the time of a file's last change."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_ino, found.st_ctime_ns


def inside(once, text: str, files: list[int], order: dict) -> None:
    """The child's side; it never comes back."""
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        for number, opened in enumerate(files):
            os.dup2(opened, number)
        os.closerange(3, 4096)
        C.prctl(DUMPABLE, 1, 0, 0, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (order["seconds"], order["seconds"] + 1))
        code = ended(once, text)
    finally:
        os._exit(code)


def ended(once, text: str) -> int:
    """Goes the way of an interpreter that ends: threads, then what was left for the end, then what is still to be written."""
    code = 0
    try:
        once(text)
    except SystemExit as exit:
        code = exit.code if isinstance(exit.code, int) else 0 if exit.code is None else 1
        if not isinstance(exit.code, (int, type(None))):
            print(exit.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
        code = 1
    if threading.active_count() > 1:
        threading._shutdown()
    if atexit._ncallbacks():
        atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return code


def main() -> None:
    order, program = json.loads(receive() or b"{}"), (receive() or b"").decode("utf-8")
    sys.setrecursionlimit(10_000)
    C.prctl(SUBREAPER, 1, 0, 0, 0)
    # What a run wrote into our memory, or left in a queue of the kernel, would be there for the next.
    C.prctl(DUMPABLE, 0, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_MSGQUEUE, (0, 0))
    tidy({})  # the first run finds what the others do
    refuse()
    try:
        once = prepared(order, program)
    except BaseException as error:
        send(json.dumps({"failed": f"{type(error).__name__}: {error}"[-SHOWN:]}).encode())
        return
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode, encoding="utf-8", closefd=False) for number, mode in enumerate("rww"))

    def look(*_):
        order["left"] -= 1
        order["idle"] -= 0 if somebody_works() else 1
        if order["left"] <= 0 or order["idle"] <= 0:
            order["late"].append(True)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(order["child"], signal.SIGKILL)

    signal.signal(signal.SIGALRM, look)
    atexit._clear()
    gc.collect()
    gc.freeze()
    order["kept"], order["own"] = laid_out(), own_state()
    send(b'{"ready": true}')
    while (asked := receive()) is not None:
        asked, runs = json.loads(asked), []
        left = asked["most"]  # bytes of all answers together
        for place in asked["places"]:
            ended, file, size = run(once, asked["inputs"][place], order, min(MOST, left))
            runs.append((ended, file, size))
            left -= size
            if asked["until"] == "failure" and ended.keys() != {"code"}:
                break
        send(json.dumps([ended for ended, _, _ in runs]).encode())
        for _, file, size in runs:
            send_file(file, size)


main()
