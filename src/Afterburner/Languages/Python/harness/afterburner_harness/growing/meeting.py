"""Calls in which values meet that did not in recorded ones: a row begins where the one before it ends, neighbours are equal, a value is
that of another argument, an item that another argument has too comes twice, a text holds inside what the function looks for. On them ``<``
and ``<=`` differ, a list and a set, and ``replace`` and a prefix.
"""

from __future__ import annotations

import datetime

from . import edges, lacking, plans, rows

HOW = "meets"
_MOST = 16
_OTHERS, _TEXTS = 3, 2
_LOOKED_AT = 64  # items of a list, spread over it
_LONGEST = 40  # characters of a text that the function looks for
_SCALARS = (int, float, str, datetime.date, datetime.timedelta)


def ways(arguments: dict, known: plans.Known) -> list[tuple]:
    """What to let meet, each as ``(HOW, name, (place, value))``; of every argument some. Without a place: values of several arguments."""
    found = [
        [(HOW, name, way) for way in [
            *_of_items(value), *_in_both(value, name, arguments), *_of_scalar(value, name, arguments, known), *_of_texts(value, name, known)]]
        for name, value in arguments.items()]
    return [way for turn in range(max(map(len, found), default=0)) for each in found for way in each[turn:turn + 1]][:_MOST]


def made(arguments: dict, name: str, way: tuple) -> dict:
    """The arguments of a call."""
    place, value = way
    if place is None:
        return {**arguments, **value}
    return {**arguments, name: lacking.changed(arguments[name], list(place), lambda old: value)}


def _of_items(value):
    if type(value) not in (list, tuple) or len(value) < 2 or plans.is_record(value) or len({type(item) for item in value}) != 1:
        return
    if isinstance(value[0], _SCALARS):
        if value[0] != value[1]:
            yield (), type(value)([value[0], *value[:1], *value[2:]])
        return
    names = rows.names(value[0])
    scalars = [name for name in names if isinstance(rows.get(value[0], name), _SCALARS)]
    ends = [name for name in scalars[1:] if type(rows.get(value[0], name)) is type(rows.get(value[0], scalars[0]))]
    if ends and all(rows.names(row) == names for row in value[:_LONGEST]):
        before, after = _in_order(value[:_LONGEST], ends[-1])
        yield (), type(value)([before, rows.put(after, scalars[0], rows.get(before, ends[-1]))])


def _in_both(value, name, arguments):
    """A list in which what another argument has too comes twice, or comes at all."""
    if type(value) not in (list, tuple) or len(value) < 2 or plans.is_record(value):
        return
    some = list(value[:: max(1, len(value) // _LOOKED_AT)])
    for each, other in arguments.items():
        if each == name or not isinstance(other, (list, tuple, set, frozenset, dict)) or not other or plans.is_record(other):
            continue
        both = [place for place, item in enumerate(some) if _has(other, item)]
        if both:
            item = some[both[len(both) // 2]]
            place = next((index for index in range(len(value) - 1, -1, -1) if value[index] != item), None)
            if place is not None:
                yield (), type(value)([*value[:place], item, *value[place + 1:]])
        else:
            item = next(iter(other))
            if type(item) is type(value[0]):
                yield (), type(value)([item, *value[1:]])


def _has(other, item):
    try:
        return item in other
    except TypeError:
        return False  # what cannot be a key is none


def _in_order(table, end):
    """Two rows of which the second ends later, where there are."""
    for one, other in zip(table, table[1:]):
        try:
            if rows.get(one, end) < rows.get(other, end):
                return one, other
        except TypeError:
            continue
    return table[0], table[1]


def _of_scalar(value, name, arguments, known):
    """Values of its kind that other arguments are or hold."""
    if not isinstance(value, _SCALARS) or isinstance(value, bool) or (isinstance(value, str) and value in known.modes):
        return
    others = [other for each, other in arguments.items() if each != name]
    held = [item for other in others if type(other) in (list, tuple) and other for item in (other[0], other[-1])]
    found = [other for other in [*others, *held] if type(other) is type(value) and other != value]
    yield from (((), other) for other in found[:_OTHERS])
    if isinstance(value, datetime.date):
        yield from (((), day) for other in found[:1] for day in _same_day(other, max(value.year, other.year + 1)))
    if isinstance(value, str):
        # What is found in it overlaps with itself.
        yield from ((None, {name: "aaa", each: "aa"}) for each, other in arguments.items() if type(other) is str and other in value and other != value)


def _same_day(day, year):
    """A day of another year, where it has one."""
    try:
        return [day.replace(year=year)]
    except ValueError:
        return []


def _of_texts(value, name, known):
    """Each text with one that the function names in its middle, and in front of it once more."""
    for place, text in edges.texts(value, name, known):
        named = sorted((each for each in known.modes if 0 < len(each) <= _LONGEST), key=lambda each: (each not in text, -len(each), each))
        for each in named[:_TEXTS]:
            yield place, text[:len(text) // 2] + each + text[len(text) // 2:]
            if text.startswith(each):
                yield place, each + text
