"""What a call does to what was open before it: files behind descriptors, and what it writes to other descriptors.

The interpreter tells nobody of ``os.write``. Files are looked at before and after, and put back; what goes into a pipe is
written down on its way. Who uses a socket is not compared at all.
"""

from __future__ import annotations

import _io  # the classes themselves: those of io are asked for their subclasses one by one, in each forked child anew
import fcntl
import hashlib
import os
import stat
import sys
import types
from collections import namedtuple

from . import reach
from .effects import content_of, digest_of
from .kinds import without_addresses

_ELSEWHERE = ("/dev/", "/proc/", "/sys/")
_known = []  # how many modules there were, and the spaces of those of the repository

File = namedtuple("File", "path key position size content")


class Descriptors:
    """Looks at what is open when it is made; to be used for one call. ``spaces``: the names of the repository's modules."""

    def __init__(self, function: types.FunctionType):
        self.spaces = spaces(function)
        self._first = _files()
        self._flush()
        self._before = _files()
        self._sent = _Sent(function.__globals__)

    def __enter__(self):
        self._sent.listen()
        return self

    def __exit__(self, *_):
        self._sent.stop()

    def seen(self) -> list[str]:
        """Texts: each file that is something else now, and all that was sent."""
        self._flush()
        after = _files()
        found = [
            f"open file {without_addresses(file.path)}: {_state(after.get(number), file)}"
            for number, file in self._before.items() if after.get(number) != file]
        return sorted(found) + self._sent.texts()

    def undo(self) -> None:
        """Puts files back as they were before the call, and where they were read or written."""
        for number, file in self._first.items():
            try:
                if _key(os.fstat(number)) == file.key:
                    _put_back(number, file)
            except OSError:
                continue

    def _flush(self):
        """What the repository's own open files still hold back belongs to what was written."""
        for space in self.spaces:
            for value in list(space.values()):
                if isinstance(value, _io._IOBase):
                    try:
                        value.flush()
                    except Exception:
                        continue


def ready() -> None:
    """Looks for the modules of the repository now. To touch them all costs a forked child a copy of each page that they lie in."""
    _known[:] = len(sys.modules), _spaces()


def spaces(function: types.FunctionType) -> list[dict]:
    """Names of the modules of the repository: of those that were looked for, where none came since."""
    found = _known[1] if _known and _known[0] == len(sys.modules) else _spaces()
    return found or [function.__globals__]


def _spaces():
    found = [getattr(module, "__dict__", None) for module in list(sys.modules.values())]
    return [space for space in found if type(space) is dict and reach.of_repository(space)]


def _files():
    found = {}
    for name in os.listdir("/proc/self/fd"):
        try:
            number, details = int(name), os.fstat(int(name))
            path = os.readlink(f"/proc/self/fd/{name}")
            if stat.S_ISREG(details.st_mode) and not path.startswith(_ELSEWHERE):
                content = content_of(f"/proc/self/fd/{number}") if fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE else None
                found[number] = File(path, _key(details), os.lseek(number, 0, os.SEEK_CUR), details.st_size, content)
        except OSError:
            continue
    return found


def _key(details):
    return details.st_dev, details.st_ino


def _state(now, before):
    if now is None or now.key != before.key:
        return "closed"
    return f"{now.size} bytes, {digest_of(now.content)}, at {now.position}"


def _put_back(number, file):
    """Written through another descriptor: this one may only append."""
    if file.content is not None and (os.fstat(number).st_size != file.size or content_of(f"/proc/self/fd/{number}") != file.content):
        other = os.open(f"/proc/self/fd/{number}", os.O_WRONLY)
        try:
            os.ftruncate(other, file.size)
            left = memoryview(file.content) if isinstance(file.content, bytes) else b""
            while left:
                left = left[os.pwrite(other, left, file.size - len(left)):]
        finally:
            os.close(other)
    os.lseek(number, file.position, os.SEEK_SET)


class _Sent:
    """Stands in for what writes to descriptors, and counts and hashes what goes to those that are no files."""

    _WRITING = ("write", "writev", "pwrite", "sendfile")

    def __init__(self, space):
        self._space = space
        self._open = {int(name) for name in os.listdir("/proc/self/fd")}
        self._told, self._undo = {}, []

    def listen(self):
        for name in self._WRITING:
            real = getattr(os, name, None)
            if real is not None:
                self._put(vars(os), name, self._through(real, lambda number, data, *_: (number, data)))
                for alias in [alias for alias, value in self._space.items() if value is real]:
                    self._put(self._space, alias, getattr(os, name))

    def stop(self):
        for undo in reversed(self._undo):
            undo()

    def texts(self):
        return [f"written to descriptor {number}: {size} bytes, {digest.hexdigest()}" for number, (size, digest) in sorted(self._told.items()) if size]

    def _through(self, real, what):
        def write(*arguments, **named):
            done = real(*arguments, **named)
            try:
                self._tell(*what(*arguments, **named), done)
            except Exception:
                pass  # what could be sent and not be looked at is no reason for another answer
            return done

        return write

    def _tell(self, number, data, done):
        if number not in self._open or stat.S_ISREG(os.fstat(number).st_mode):
            return
        data = str(done).encode() if isinstance(data, int) else b"".join(map(bytes, data)) if isinstance(data, (list, tuple)) else bytes(data)
        size, digest = self._told.get(number) or (0, hashlib.blake2b(digest_size=16))
        data = data if done is None else data[:done]
        digest.update(data)
        self._told[number] = size + len(data), digest

    def _put(self, space, name, value):
        before = space[name]
        space[name] = value
        self._undo.append(lambda: space.__setitem__(name, before))
