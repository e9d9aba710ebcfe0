"""Calls whose arguments hold less than the recorded ones: a key less, one item less than another list has, nothing at all, None in
the place of an item, or a text that ends too early, behind where an object stands in it. Where the function fails on them a candidate has to fail too.
"""

from __future__ import annotations

import collections
import copy
import enum
from collections.abc import Callable, Iterator

from ..calls import attributes
from . import plans, texts, traits

_MOST, _MOST_KEYS, _MOST_PLACES = 10, 3, 6
_SEQUENCES = (list, tuple, collections.deque)
_SHORTEST = 4  # characters of a text that is cut in its middle
CUT = "cut"
HOW = ("shorter", "empty", "without", "none", CUT)


def ways(arguments: dict, known: plans.Known) -> list[tuple]:
    """What to do with the arguments, each as ``(how, name, (place, key))``; of every container the most telling first."""
    found = [list(_of(value, name, place, known)) for name, argument in arguments.items() for place, value in _places(name, argument, known)]
    return [way for turn in range(_MOST_KEYS + 3) for each in found for way in each[turn:turn + 1]][:_MOST]


def cut(arguments: dict, known: plans.Known) -> list[tuple]:
    """Those with a text that ends too early: where it is read may be any way through the function."""
    return [way for way in ways(arguments, known) if way[0] == CUT]


def _places(name, argument, known):
    """A container, and those that it or an object holds, each with the steps that lead there."""
    found = [((), argument)] + [((("attribute", attribute),), value) for attribute, value in plans.containers_of(argument).items()]
    if not isinstance(argument, enum.Enum):  # its only members are those that there are
        found += [((("attribute", attribute),), value) for attribute, value in attributes.of(argument).items() if isinstance(value, str)]
    for place, value in found[:]:
        is_mapping = type(value) is dict
        if is_mapping or type(value) in _SEQUENCES:
            items = list(value.items() if is_mapping else enumerate(value))[-1:]
            found += [((*place, ("item", key)), item) for key, item in items]
    return found[:_MOST_PLACES]


def _of(value, name, place, known) -> Iterator[tuple]:
    if isinstance(value, str) and len(value) >= _SHORTEST and value not in known.modes:
        begins = max((each for each in attributes.of(value).values() if type(each) is int and 0 <= each < len(value)), default=0)
        yield from ((CUT, name, (place, begins + length)) for length in sorted({min(2, len(value) - begins - 1), (len(value) - begins) // 2} - {0}))
    if type(value) is dict and value:
        named = [key for key in value if type(key) is str and key in known.modes]
        keys = named[:_MOST_KEYS] or ([] if traits.is_record(value) else [next(reversed(value))])
        yield from (("without", name, (place, key)) for key in keys)
        yield "empty", name, (place, None)
        yield "none", name, (place, keys[0] if keys else next(iter(value)))
    elif type(value) in (*_SEQUENCES, str, bytes) and len(value) > 0 and not (type(value) is str and (value in known.modes or len(value) < 3)):
        if type(value) is tuple and (plans.is_record(value) or name in known.records) or (place and plans.is_row(value)):
            return
        if len(value) > 1:
            yield "shorter", name, (place, None)
        yield "empty", name, (place, None)
        if type(value) in _SEQUENCES:
            yield "none", name, (place, -1)


def made(argument: object, how: str, value: tuple) -> object:
    """The argument of a call."""
    place, key = value
    return changed(argument, list(place), lambda old: _MAKERS[how](old, key))


def changed(value: object, place: list, change: Callable[[object], object]) -> object:
    """A copy in which what the steps of ``place`` lead to is changed."""
    if not place:
        return change(value)
    kind, key = place[0]
    if kind == "attribute":
        return attributes.replaced(value, key, changed(getattr(value, key), place[1:], change))
    return _with(value, key, changed(value[key], place[1:], change))


def _with(old, key, value):
    if isinstance(old, dict):
        items = copy.copy(old)
        items[key] = value
        return items
    items = list(old)
    items[key] = value
    return items if type(old) is list else _like(old, items)


def _like(old, items):
    if hasattr(old, "_fields"):
        return type(old)(*items)
    return collections.deque(items, old.maxlen) if type(old) is collections.deque else type(old)(items)


def _shorter(old, key):
    return old[:-1] if isinstance(old, (str, bytes)) else _like(old, list(old)[:-1])


_MAKERS = {
    CUT: lambda old, key: texts.remade(old, str.__str__(old)[:key], {}),
    "shorter": _shorter, "empty": lambda old, key: type(old)(),
    "without": lambda old, key: {each: value for each, value in old.items() if each != key}, "none": lambda old, key: _with(old, key, None)}
