"""Iterators that a call returns: used up, so that what they give can be stored and compared."""

from __future__ import annotations

from collections.abc import Iterator

DRAIN = 20_000


class Drained:
    """What an iterator gave: its items, and how it ended."""

    def __init__(self, items: list, complete: bool, error: BaseException | None = None, returned: object = None):
        self.items = items
        self.complete = complete
        self.error = error
        self.returned = returned


def drain(iterator: Iterator, limit: int = DRAIN) -> Drained:
    """Takes up to ``limit`` items; an exception it raises is part of what it gives."""
    items = []
    try:
        while len(items) < limit:
            items.append(next(iterator))
    except StopIteration as stop:
        return Drained(items, True, returned=stop.value)
    except Exception as error:
        return Drained(items, True, error=error)
    return Drained(items, False)


def is_iterator(value: object) -> bool:
    kind = type(value)
    return hasattr(kind, "__next__") and hasattr(kind, "__iter__") and not hasattr(kind, "readline")
