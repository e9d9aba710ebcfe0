"""What a call does to the world around its process: files it writes, moves or removes, programs it starts, sockets it uses.

The interpreter tells of each before it happens, so that files can be put back afterwards: another call finds them as this
one did. How often a file is opened is nobody's business; what it holds in the end is.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys

from .kinds import without_addresses, without_random_names

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_TOLD = (
    "socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn",
    "os.spawn", "os.fork", "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod",
    "os.chown", "os.utime", "os.kill", "os.chdir", "os.putenv", "os.unsetenv", "sqlite3.connect", "signal.pthread_kill")
_OF_FILES = frozenset(("os.remove", "os.rename", "os.truncate", "os.link", "os.symlink"))
_MOST_BYTES = 16 << 20
_MOST_EVENTS = 1000


def writes(mode: str | None, flags: int | None) -> bool:
    """Whether the arguments of ``open`` say that a file may be changed."""
    return bool(flags & WRITING) if isinstance(flags, int) else bool(mode and set(mode) & set("wax+"))


class Effects:
    """Watches one call; to be used once in a process, because the interpreter keeps such hooks for good."""

    def __init__(self):
        self._events, self._before, self._made, self._on = [], {}, [], False
        sys.addaudithook(self._told)

    def __enter__(self):
        self._on = True
        return self

    def __exit__(self, *_):
        self._on = False

    def seen(self) -> list[str]:
        """Texts: what each file that was opened to be written, or moved, holds now; then everything else in its order."""
        files = [f"file {_shown(path)}: {now}" for path, before in self._before.items() if (now := digest_of(content_of(path))) != digest_of(before)]
        return sorted(files) + self._events

    def undo(self) -> None:
        """Puts files back as they were before the call."""
        for path, before in self._before.items():
            try:
                if before is None:
                    os.unlink(path)
                elif isinstance(before, bytes) and before != content_of(path):
                    with open(path, "wb") as file:
                        file.write(before)
            except OSError:
                continue
        for path in reversed(self._made):
            try:
                os.rmdir(path)
            except OSError:
                continue

    def _told(self, event, details):
        if not self._on:
            return
        self._on = False
        try:
            self._note(event, details)
        finally:
            self._on = True

    def _note(self, event, details):
        if event == "open":
            if writes(details[1], details[2]):
                self._keep(details[0])
            return
        if not event.startswith(_TOLD):
            return
        if len(self._events) < _MOST_EVENTS:
            self._events.append(f"{event} {', '.join(map(_shown, details))}")
        if event in _OF_FILES:
            for path in details:
                self._keep(path)
        elif event == "os.mkdir" and isinstance(details[0], (str, bytes)):
            self._made.append(os.path.abspath(os.fsdecode(details[0])))

    def _keep(self, path):
        if isinstance(path, (str, bytes)):
            path = os.path.abspath(os.fsdecode(path))
            if path not in self._before and not path.startswith(("/dev/", "/proc/")) and "__pycache__" not in path:
                self._before[path] = content_of(path)


def content_of(path: str) -> bytes | str | None:
    """None for what is not there, a text that stands for what is no file to be kept."""
    try:
        details = os.stat(path)
        if not stat.S_ISREG(details.st_mode):
            return "no regular file"
        with open(path, "rb") as file:
            if details.st_size <= _MOST_BYTES:
                return file.read()
            digest = hashlib.blake2b(digest_size=16)
            while part := file.read(_MOST_BYTES):
                digest.update(part)
            return f"{details.st_size} bytes, {digest.hexdigest()}"
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        return type(error).__name__


def digest_of(content: bytes | str | None) -> str:
    if content is None:
        return "none"
    return content if isinstance(content, str) else f"{len(content)} bytes, {hashlib.blake2b(content, digest_size=16).hexdigest()}"


def _shown(detail):
    """Plain values as they are, of others only that they are there."""
    if isinstance(detail, bytes):
        detail = os.fsdecode(detail)
    if type(detail) in (list, tuple):
        return "[" + ", ".join(map(_shown, detail)) + "]"
    return without_random_names(without_addresses(str(detail))) if type(detail) in (str, int, float, bool, type(None)) else type(detail).__name__
