"""Calls on the values that a candidate names: what it does for 7,777 elements is seen only with 7,777 elements. And calls with
others for what it no longer reads: that it does without a flag is seen only where the flag is another.

Of each number that is new in the candidate: arguments of that length, one more and one less; the number in the place of a
number, and among the elements of an argument. Of each text: in the place of a text, inside of one, as an element or a key.
All else is as ``growing`` makes it from a recorded call.

And calls without what a recorded one happens to have: where its elements are in order, all different, or none of them below zero, they are
not any more. Larger calls keep all that, so nothing else would show a candidate that needs it.
"""

from __future__ import annotations

import collections
import copy
import itertools
import random

from ..comparing import kinds
from . import larger, plans, traits
from .fresh import CannotGrow

_LONGEST = 20_000
_FEWEST = 3  # shorter ones have been tried, or are nothing that a number is needed for
_MOST = 12


def ways(arguments: dict, constants: list, unread: list[str], known: plans.Known = plans.NOTHING) -> list[tuple]:
    """What to do with the arguments, each as ``(how, names, value)``; the most telling first. ``unread``: parameters and attributes."""
    found = [("number", [name], other) for name in unread if name in arguments for other in _others(arguments[name])]
    for name, value in arguments.items():
        attributes = kinds.attributes(value) if kinds.identity(type(value)) not in kinds.SCALARS else {}
        found += [("attribute", [name], [attribute, other]) for attribute in unread if attribute in attributes for other in _others(attributes[attribute])]
    sized = sorted(plans.lengths_of(arguments, known))
    for constant in constants:
        if isinstance(constant, str):
            found += [("text", [name], constant) for name, value in arguments.items() if type(value) is str]
            found += [("inside", [name], constant) for name, value in arguments.items() if type(value) is str]
            found += [("key", [name], constant) for name, value in arguments.items() if _all_of(value, str, dict)]
        else:
            near = [constant, constant + 1, constant - 1]
            if sized and type(constant) is int:
                found += [("length", sized, length) for length in near if _FEWEST <= length <= _LONGEST]
            found += [("number", [name], number) for number in near for name, value in arguments.items() if type(value) is type(constant)]
        found += [("item", [name], constant) for name, value in arguments.items() if _all_of(value, type(constant), list, tuple)]
    return list({repr(way): way for way in found}.values())[:_MOST]


def twists(arguments: dict, known: plans.Known = plans.NOTHING) -> list[tuple]:
    """Ways to take from the arguments what they need not have, in the form of ``ways``."""
    found = []
    for name, value in arguments.items():
        if type(value) in (int, float) and value >= 0:
            found += [("number", [name], other) for other in (-value, 0, -1) if other != value]
        elif type(value) is str and value and value not in known.modes:
            found += [("text", [name], value.swapcase()), ("inside", [name], "é")]
        elif type(value) is dict and len(value) > 1:
            found.append(("reversed", [name], None))
        elif type(value) in (list, tuple) and len(value) > 1 and not plans.is_record(value) and name not in known.records:
            found += [(how, [name], None) for how, is_so in _TRAITS.items() if is_so(list(value))]
            if _all_of(value, str, list, tuple):
                found.append(("item", [name], value[0].swapcase()))
    return found[:_MOST]


_TRAITS = {
    "shuffled": traits.increasing, "repeated": traits.all_unique,
    "negated": lambda items: all(type(item) in (int, float) and item >= 0 for item in items),
}


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


def _shuffled(old, value, rng):
    items = list(old)
    rng.shuffle(items)
    return type(old)(items if items != list(old) else items[::-1])


def _repeated(old, value, rng):
    return type(old)([*old[:-1], old[0]])


def _negated(old, value, rng):
    items = list(old)
    for index in rng.sample(range(len(items)), max(1, len(items) // 3)):
        items[index] = -items[index] or -1
    return type(old)(items)


def _key(old, text, rng):
    return {**old, text: rng.choice(list(old.values()))}


def _all_of(value, kind, *containers):
    """Whether a plain container has items (of a dict: keys) of one plain type only."""
    return type(value) in containers and len(value) > 0 and all(type(item) is kind for item in value)


_MAKERS = {
    "text": lambda old, value, rng: value, "number": lambda old, value, rng: value, "inside": _inside, "item": _item, "key": _key,
    "attribute": _attribute, "shuffled": _shuffled, "repeated": _repeated, "negated": _negated,
    "reversed": lambda old, value, rng: dict(reversed(old.items()))}
