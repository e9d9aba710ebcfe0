"""What can be seen of values that are bound to the process and cannot be stored: open files, memory maps, databases.

Without this a version could change them and look equal, because all that is known of such a value is its type.
"""

from __future__ import annotations

import _io  # the classes themselves: those of io are asked for their subclasses one by one, in each forked child anew
import itertools
import sys

from . import kinds

_OF_FILES = ("name", "mode", "encoding", "errors", "newlines", "line_buffering", "buffer", "raw")
MAX_STATEMENTS = 200_000


class Unbounded(Exception):
    """There is more to see than is compared."""


def visible(value: object) -> object:
    """Plain values that stand for what a user of ``value`` can see of it, or None when nothing is known of its kind."""
    for module, kind, see in _SEEN:
        found = getattr(sys.modules.get(module), kind, None)
        if isinstance(found, type) and isinstance(value, found):
            return see(value)
    return _file(value) if isinstance(value, _io._IOBase) else None


def knows(kind: type) -> bool:
    """Whether something is known of a class's values. None is looked at: to ask a file where it stands may write to it."""
    known = [getattr(sys.modules.get(module), name, None) for module, name, _ in (*_SEEN, ("_io", "_IOBase", _file))]
    return any(base is not None and kinds.is_a(kind, base) for base in known)


def _database(connection):
    """Its tables as SQL text. Rows keep their order."""
    try:
        factories = connection.row_factory, connection.text_factory
        connection.row_factory, connection.text_factory = None, _text
    except Exception as error:  # closed, or of another thread
        return {"unusable": type(error).__name__}
    try:
        statements = list(itertools.islice(connection.iterdump(), MAX_STATEMENTS + 1))
    except Exception as error:
        return {"unusable": type(error).__name__}
    finally:
        connection.row_factory, connection.text_factory = factories
    if len(statements) > MAX_STATEMENTS:
        raise Unbounded("a database too large to compare")
    return {"in transaction": connection.in_transaction, "statements": statements}


def _text(stored):
    return stored.decode("utf-8", "surrogateescape")


def _map(memory):
    try:
        return {"position": memory.tell(), "content": memory[:]}
    except ValueError:
        return {"closed": True}


def _file(file):
    """Where it stands and how it reads and writes; what was written shows there, and a process that forked for it refuses to write.

    Of one in memory under a text or a buffer, what it holds.
    """
    try:
        seen = {"closed": file.closed, "position": file.tell() if not file.closed and file.seekable() else None}
    except (OSError, ValueError) as error:
        return {"unusable": type(error).__name__}
    for name in _OF_FILES:
        try:
            value = getattr(file, name)
        except (AttributeError, OSError, ValueError):
            continue
        seen[name] = kinds.without_random_names(value) if type(value) is str else value
    return seen


_SEEN = (("sqlite3", "Connection", _database), ("mmap", "mmap", _map))
