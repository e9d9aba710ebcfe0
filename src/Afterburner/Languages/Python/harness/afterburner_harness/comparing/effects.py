"""What a call does to the world around its process: files it writes, moves or removes, programs it starts, sockets it uses.

The interpreter tells of each before it happens, so that files can be put back afterwards: another call finds them as this
one did. How often a file is opened is nobody's business; how it is opened first, what it holds in the end and who may read it are.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Mapping

from .kinds import without_addresses, without_random_names

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_TOLD = (
    "socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn",
    "os.spawn", "os.fork", "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod",
    "os.chown", "os.utime", "os.kill", "os.chdir", "os.putenv", "os.unsetenv", "sqlite3.connect", "signal.pthread_kill")
_OF_FILES = frozenset(("os.remove", "os.rename", "os.truncate", "os.link", "os.symlink", "os.chmod"))
_HOW = WRITING | os.O_EXCL | getattr(os, "O_SYNC", 0)
_MOST_BYTES = 16 << 20
_MOST_EVENTS = 1000


def writes(mode: str | None, flags: int | None) -> bool:
    """Whether the arguments of ``open`` say that a file may be changed."""
    return bool(flags & WRITING) if isinstance(flags, int) else bool(mode and set(mode) & set("wax+"))


class Effects:
    """Watches one call; to be used once in a process, because the interpreter keeps such hooks for good."""

    def __init__(self):
        self._events, self._before, self._made, self._opened, self._on = [], {}, [], {}, False
        sys.addaudithook(self._told)

    def __enter__(self):
        self._on = True
        return self

    def __exit__(self, *_):
        self._on = False

    def seen(self) -> list[str]:
        """Texts: what each file that was opened to be written, or moved, holds now, how it was opened first; then everything else in its order."""
        files = [f"file {shown(path)}: {now}" for path, before in self._before.items() if (now := _state(*_look(path))) != _state(*before)]
        return sorted(files) + sorted(f"opened {shown(path)}: {how:#o}" for path, how in self._opened.items()) + self._events

    def undo(self) -> None:
        """Puts files back as they were before the call."""
        for path, (before, allowed) in self._before.items():
            try:
                if before is None:
                    os.unlink(path)
                elif isinstance(before, bytes) and before != content_of(path):
                    with open(path, "wb") as file:
                        file.write(before)
                if allowed is not None and allowed != _look(path)[1]:
                    os.chmod(path, allowed)
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
            if writes(details[1], details[2]) and (path := self._keep(details[0])) is not None and isinstance(details[2], int):
                self._opened.setdefault(path, details[2] & _HOW)
            return
        if not event.startswith(_TOLD):
            return
        if len(self._events) < _MOST_EVENTS:
            self._events.append(f"{event} {', '.join(map(shown, details))}")
        if event in _OF_FILES:
            for path in details:
                self._keep(path)
        elif event == "os.mkdir" and isinstance(details[0], (str, bytes)):
            self._made.append(os.path.abspath(os.fsdecode(details[0])))

    def _keep(self, path):
        """The whole path where it is one of a file that is looked at."""
        if not isinstance(path, (str, bytes)):
            return None
        path = os.path.abspath(os.fsdecode(path))
        if path.startswith(("/dev/", "/proc/")) or "__pycache__" in path:
            return None
        if path not in self._before:
            self._before[path] = _look(path)
        return path


def _look(path):
    """What a file holds, and who may read and write it."""
    try:
        allowed = stat.S_IMODE(os.stat(path).st_mode)
    except (OSError, ValueError):
        allowed = None
    return content_of(path), allowed


def _state(content, allowed):
    return digest_of(content) + ("" if allowed is None else f", {allowed:#o}")


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


def shown(detail: object) -> str:
    """Plain values as they are, of others only that they are there."""
    if isinstance(detail, (bytes, bytearray, memoryview)):
        detail = os.fsdecode(bytes(detail))
    if type(detail) in (list, tuple):
        return "[" + ", ".join(map(shown, detail)) + "]"
    if isinstance(detail, Mapping):
        return "{" + ", ".join(sorted(f"{shown(name)}: {shown(value)}" for name, value in detail.items())) + "}"
    return without_random_names(without_addresses(str(detail))) if type(detail) in (str, int, float, bool, type(None)) else type(detail).__name__
