"""Calls on the values that a candidate names: what it does for 7,777 elements is seen only with 7,777 elements. And calls with
others for what it no longer reads: that it does without a flag is seen only where the flag is another.

Of each number that is new in the candidate: arguments of that length, one more and one less (of one with a fraction the whole ones
around it); the number in the place of a number, and among the elements of an argument.
Of each text: in the place of a text, inside of one, as an element or a key. All else is as ``growing`` makes it from a recorded call.
"""

from __future__ import annotations

import collections
import copy
import itertools
import math
import random

from ..comparing import kinds
from . import larger, plans, traits
from .fresh import CannotGrow

_LONGEST = 20_000
_FEWEST = 3  # shorter ones have been tried, or are nothing that a number is needed for
_MOST, _MOST_OF_ONE = 12, 3


def ways(arguments: dict, constants: list, unread: list[str], known: plans.Known = plans.NOTHING) -> list[tuple]:
    """What to do with the arguments, each as ``(how, names, value)``; the most telling of each number and text first.

    ``unread``: parameters and attributes.
    """
    sized = sorted(plans.lengths_of(arguments, known))
    groups = [
        *(list(_unlike(arguments, name)) for name in unread),
        *(list(_with_text(arguments, each) if isinstance(each, str) else _with_number(arguments, each, sized)) for each in constants)]
    turns = itertools.zip_longest(*groups)
    found = list({repr(way): way for turn in turns for way in turn if way is not None}.values())
    return found[:max(_MOST, _MOST_OF_ONE * len(groups))]


def _unlike(arguments, unread):
    """Other values for what is no longer read."""
    if unread in arguments:
        yield from (("number", [unread], other) for other in _others(arguments[unread]))
    for name, value in arguments.items():
        attributes = kinds.attributes(value) if kinds.identity(type(value)) not in kinds.SCALARS else {}
        if unread in attributes:
            yield from (("attribute", [name], [unread, other]) for other in _others(attributes[unread]))


def _with_text(arguments, text):
    for how, is_fit in (("text", lambda value: type(value) is str), ("inside", lambda value: type(value) is str),
                        ("key", lambda value: all_of(value, str, dict)), ("item", lambda value: all_of(value, str, list, tuple))):
        yield from ((how, [name], text) for name, value in arguments.items() if is_fit(value))


def _with_number(arguments, number, sized):
    whole = math.floor(number)
    near = {int: [whole, whole + 1, whole - 1], float: [float(number), number + 1.0, number - 1.0]}
    if sized:
        yield from (("length", sized, length) for length in near[int] if _FEWEST <= length <= _LONGEST)
    yield from (("number", [name], other) for place in range(3) for name, value in arguments.items() for other in near.get(type(value), [])[place:place + 1])
    for name, value in arguments.items():
        kind = next((kind for kind in near if all_of(value, kind, list, tuple)), None)
        if kind is not None:
            yield "item", [name], near[kind][0]


def words(way: tuple) -> str:
    """What a call of ``ways`` was to show, for a person."""
    how, names, value = way
    return f"{value} elements" if how == "length" else f"{names[0]} with {value!r}"


def made(arguments: dict, way: tuple, seed: int) -> dict:
    """The arguments of a call. Raises ``CannotGrow``."""
    how, names, value = way
    rng = random.Random(seed)
    if how == "length":
        return _of_length(arguments, names, value, seed)
    return {name: _MAKERS[how](old, value, rng) if name in names else old for name, old in arguments.items()}


def _of_length(arguments, names, length, seed):
    shortest = min(plans.length(arguments[name]) for name in names)
    grown = larger.grow(arguments, plans.Plan(frozenset(names)), -(-length // max(1, shortest)), seed)
    cut = {name: _cut(grown[name], length) if name in names else value for name, value in grown.items()}
    return larger.follow_lengths(arguments, cut, names)


def _cut(value, length):
    if isinstance(value, collections.deque):
        value = collections.deque(itertools.islice(value, length), value.maxlen)
    elif isinstance(value, dict):
        for key in list(value)[length:]:
            del value[key]
    elif isinstance(value, (set, frozenset)):
        value = type(value)(itertools.islice(value, length))
    elif isinstance(value, (str, bytes, bytearray, list, tuple, range)):
        value = value[:length]
    if not hasattr(type(value), "__len__") or len(value) != length:
        raise CannotGrow("no length that can be chosen")
    return value


def _others(value):
    """Plain values that something could be as well."""
    if value is None:
        return [True, 7, "x"]
    if type(value) is bool:
        return [not value]
    if type(value) in (int, float):
        return [value + 1, 0]
    return [value + "x", ""] if type(value) is str else [None]


def _attribute(old, value, rng):
    made = copy.copy(old)
    object.__setattr__(made, *value)
    return made


def _inside(old, text, rng):
    place = rng.randrange(len(old) + 1)
    return old[:place] + text + old[place:]


def _item(old, value, rng):
    items = list(old)
    near = [value] if isinstance(value, str) else [value - 1, value, value + 1]
    for each in near[:len(items)]:
        items[rng.randrange(len(items))] = each
    items[rng.randrange(len(items))] = value
    if traits.increasing(list(old)):
        items.sort()
    return items if type(old) is list else tuple(items)


def _key(old, text, rng):
    return {**old, text: rng.choice(list(old.values()))}


def all_of(value: object, kind: type, *containers: type) -> bool:
    """Whether a plain container has items (of a dict: keys) of one plain type only."""
    return type(value) in containers and len(value) > 0 and all(type(item) is kind for item in value)


_MAKERS = {
    "text": lambda old, value, rng: value, "number": lambda old, value, rng: value, "inside": _inside, "item": _item, "key": _key,
    "attribute": _attribute}
