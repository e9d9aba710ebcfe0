"""Calls of which no value, no file and no event of the interpreter tells what they were given: waiting, locks of files, comparisons that
take as long for every value, programs and what is sent to others. They are written down on their way, in their order.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable

from . import reach
from .effects import shown

_WATCHED = {
    "time": "sleep",
    "asyncio": "sleep wait_for",
    "fcntl": "fcntl flock ioctl lockf",
    "hmac": "compare_digest",
    "secrets": "compare_digest",
    "os": """dup2 fchmod fchown fdatasync fsync lockf nice posix_fadvise posix_fallocate sched_setaffinity setgid setpriority setsid setuid
        set_blocking set_inheritable sync""",
    "signal": "alarm pthread_kill raise_signal setitimer",
    "subprocess": "call check_call check_output run",
    "termios": "tcflush tcsetattr",
}
_METHODS = {
    ("socket", "socket"): "listen send sendall sendfile sendmsg sendto setsockopt settimeout shutdown",
    ("subprocess", "Popen"): "communicate kill send_signal terminate wait",
}
_LOOPS = frozenset(("asyncio.selector_events", "asyncio.proactor_events", "asyncio.unix_events"))  # they wake themselves up
_STREAMED = frozenset(("send", "sendall"))
_LONGEST, _MOST = 200, 1000


class Outward:
    """Stands in the place of those members while one call is made. ``spaces``: names of the modules that may hold them by other names."""

    def __init__(self, spaces: list[dict]):
        self._spaces = spaces
        self._told, self._undo, self._inside = [], [], False

    def __enter__(self) -> Outward:
        put = {}  # by id of what was there, it and what stands in for it
        for name, members in _WATCHED.items():
            for member in members.split():
                self._put(sys.modules.get(name), f"{name}.{member}", member, put)
        for (name, kind), members in _METHODS.items():
            for member in members.split():
                self._put(getattr(sys.modules.get(name), kind, None), f"{kind}.{member}", member, put)
        for space in self._spaces:
            for alias, (real, stand_in) in [(alias, put[id(value)]) for alias, value in space.items() if id(value) in put]:
                space[alias] = stand_in
                self._undo.append(lambda space=space, alias=alias, real=real: space.__setitem__(alias, real))
        return self

    def __exit__(self, *_: object) -> None:
        for undo in reversed(self._undo):
            undo()

    def seen(self) -> list[str]:
        """Texts: each call with what it was given. What one call after the other gives to a stream is one."""
        found, stream = [], b""
        for name, words, data in [*self._told, ("", "", None)]:
            if data is None and stream:
                found.append(f"sent: {_short(shown(stream))}")
                stream = b""
            if data is not None:
                stream += data
            elif name:
                found.append(f"{name}({_short(words)})")
        return found

    def _put(self, owner, name, member, put):
        real = getattr(owner, member, None)
        if real is None:
            return
        stand_in = self._through(real, name, member if isinstance(owner, type) else None)
        own = vars(owner).get(member)
        setattr(owner, member, stand_in)
        self._undo.append(lambda: setattr(owner, member, own) if own is not None else delattr(owner, member))
        put[id(real)] = real, stand_in

    def _through(self, real: Callable, name: str, method: str | None) -> Callable:
        def stand_in(*arguments, **named):
            space = sys._getframe(1).f_globals
            if self._inside or not (reach.of_repository(space) or (name.startswith("socket.") and space.get("__name__") not in _LOOPS)):
                return real(*arguments, **named)  # how a library does what it was asked for
            self._inside = True
            try:
                if len(self._told) < _MOST:
                    self._tell(name, method, arguments[1:] if method else arguments, named)
                return real(*arguments, **named)
            finally:
                self._inside = False

        return stand_in

    def _tell(self, name, method, arguments, named):
        try:
            if method in _STREAMED:
                self._told.append((name, "", bytes(arguments[0])))
            else:
                words = [*map(shown, arguments), *(f"{key}={shown(value)}" for key, value in sorted(named.items()))]
                self._told.append((name, ", ".join(words), None))
        except Exception as error:
            self._told.append((name, type(error).__name__, None))


def _short(text):
    return text if len(text) <= _LONGEST else hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
