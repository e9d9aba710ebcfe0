"""Calls that hold values on which code differs that agrees on all others: nothing and zero in the place of an item or a field, text that
ends in a new line, has blanks around it, begins or ends with what separates it, or has other letters, digits and separators than ASCII
has, or what decoders and normal forms change, another kind that the function itself makes one of, numbers that floats or words of a
machine do not hold, or whose squares floats do not, moments days, hours and seconds apart; where the function copies all that a value
holds, a list in the place of one.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterator

from . import plans, rows

HOW = "edge"
_MOST = 34
_DEEPEST = 3
_FIELDS = 6
_DAYS, _HOURS = datetime.timedelta(days=2), datetime.timedelta(hours=5, seconds=45)
_LARGE = (2**53 + 1, 2**64 + 1)  # more than a float holds, and than a word does
_HUGE = 1e200  # a float whose square is none
_NUMBER, _DIGIT = 7, "7"  # in the place of a text and of a number, of which the function makes one
_SHORT = 3  # characters: longer texts are emptied elsewhere
_FIRST = {"year": 2021, "month": 1, "day": 1}  # of a week of the year before
_LEAP = {"year": 2024, "month": 2, "day": 29}


def ways(arguments: dict, known: plans.Known) -> list[tuple]:
    """What to put where, each as ``(HOW, name, (place, value))``; of every place some."""
    # The end comes first: of calls that fail in one way the first counts.
    found = [list(_at_the_end(name, argument)) for name, argument in arguments.items()] + [
        [(HOW, name, (place, value)) for value in [*_before(held, name, known), *_values(held, bool(place)), *([[held]] if place and known.copies else [])]]
        for name, argument in arguments.items() for place, held in _places(argument, name, known)]
    return [way for turn in range(max(map(len, found), default=0)) for each in found for way in each[turn:turn + 1]][:_MOST]


def failing(value: object) -> bool:
    """Whether the call counts where the function fails on it: text, zero and numbers are what somebody would give."""
    return (type(value) is str and value != _DIGIT) or (type(value) in (int, float) and value in (0, _HUGE))


def kind(way: tuple) -> str | None:
    """Of the value that a way of this file puts somewhere, and where; None for other ways."""
    return f"{type(way[2][1]).__name__} at {way[1]} {way[2][0]}" if way[0] == HOW else None


def _places(value, name, known, place=()) -> Iterator[tuple]:
    """Scalars in an argument with the steps that lead there: of many items alike the first."""
    if isinstance(value, (str, int, float, datetime.date, datetime.timedelta)):
        if not (isinstance(value, str) and value in known.modes) and (place or _is_varied(value, name, known)):
            yield place, value
    elif len(place) < _DEEPEST:
        if type(value) in (list, tuple) and not plans.is_record(value):
            keys = range(min(1, len(value)))
        elif isinstance(value, (dict, tuple)):
            keys = (list(value) if isinstance(value, dict) else range(len(value)))[:_FIELDS]
        else:
            names = rows.names(value)
            keys = [("attribute", key) for key in names[:_FIELDS] if key not in _positions({key: rows.get(value, key) for key in names})]
        for key in keys:
            is_attribute = type(key) is tuple and key[:1] == ("attribute",)
            step, held = (key, rows.get(value, key[1])) if is_attribute else (("item", key), value[key])
            yield from _places(held, name, known, (*place, step))


def _at_the_end(name, value):
    """The most telling value as the last item of a list: where the function fails on it, something has been done by then."""
    if type(value) is list and len(value) > 1 and isinstance(value[-1], (str, int, float)):
        yield from ((HOW, name, ((("item", len(value) - 1),), other)) for other in _values(value[-1], True)[:1])


def _positions(held):
    """Numbers of an object that lie within one of its texts or containers, where another one is its length, as of a text that is being read."""
    numbers = {name: value for name, value in held.items() if type(value) is int}
    lengths = {len(value) for value in held.values() if isinstance(value, (str, bytes, list, tuple))}
    most = max((length for length in lengths if length > 1 and length in numbers.values()), default=-1)
    return {name for name, value in numbers.items() if 0 <= value <= most}


def _is_varied(value, name, known):
    """Of arguments themselves texts, moments and floats: whole numbers, which may be counts, have ways of their own."""
    return isinstance(value, (float, datetime.date, datetime.timedelta)) or (type(value) is str and bool(value) and name not in known.compared)


def texts(value: object, name: str, known: plans.Known) -> Iterator[tuple]:
    """Texts in an argument with the steps that lead there, as ``(place, text)``."""
    return ((place, held) for place, held in _places(value, name, known) if type(held) is str)


def _values(value, is_held):
    """Values of the same kind that tell much, in the order in which they do."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, str):
        nothing = [""] if value and (is_held or len(value) < _SHORT) else []
        return [*nothing, value + "\n", f" {value} ", _separated(value), *_at_its_ends(value), value + "ß²٣e\u0301 İΑΣ", value + "\t&amp;%41/./x"]
    if isinstance(value, int):
        return [*([0] if value else []), *_LARGE, *([5] if value != 5 else [])]
    if isinstance(value, float):
        return [*([0.0] if value else []), 2.5, math.inf, 0.125, 1e16, 2.25, _HUGE, 1 / 3]
    is_day = isinstance(value, datetime.date) and not isinstance(value, datetime.datetime)
    if isinstance(value, datetime.timedelta):
        return [moved for step in (_DAYS, -_HOURS, -_DAYS, _HOURS) for moved in _moved(value, step)]
    steps = (_DAYS, -_DAYS) if is_day else (_DAYS, -_HOURS, -_DAYS, _HOURS)
    return [*(moved for step in steps for moved in _moved(value, step)), value.replace(**_FIRST), value.replace(**_LEAP)]


def _before(value, name, known):
    """Values of which the function itself makes such a one (``str(each)``), where no annotation says what it takes."""
    if name in known.declared:
        return []
    if type(value) is str and "str" in known.converted:
        return [_NUMBER]
    return [_DIGIT] if type(value) is int and "int" in known.converted else [_NUMBER] if type(value) is float and "float" in known.converted else []


def _moved(moment, step):
    try:
        return [moment + step]
    except OverflowError:
        return []  # the last day there is


def _at_its_ends(text):
    """A text with what separates its parts before it, there alone, after it, and twice between them."""
    found = re.search(r"(?<=\w)[^\w\s](?=\w)", text)
    if found is None:
        return []
    mark = found[0]
    return [mark + text, mark + text.replace(mark, ""), text + mark, text.replace(mark, mark * 2)]


def _separated(text):
    """A text with ends of lines in it that are no new lines: inside words, because around them they often go unnoticed."""
    inside = [found.start() for found in re.finditer(r"(?<=\w)(?=\w)", text)] or [len(text) // 2]
    places = sorted({inside[0], inside[len(inside) // 2], inside[-1]})
    return "\x0c\x85".join(text[start:end] for start, end in zip([0, *places], [*places, len(text)]))
