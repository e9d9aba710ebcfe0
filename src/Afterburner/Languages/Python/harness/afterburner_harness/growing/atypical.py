"""Calls without what the recorded ones happen to have: where elements are in order, all different, or none of them below zero, they
are not any more; the fields of rows are exchanged; a flag is the other one, a mode is one that the function names, what has a default
is left out; they hold less; and of a generator only the first item is read, so that what it has taken by then is seen. Larger calls keep
all that, so nothing else shows that a candidate needs it.
"""

from __future__ import annotations

import itertools
import random

from ..calls import making
from . import boundaries, declared, edges, lacking, meeting, plans, rows, traits
from .baseline import ONLY

_MOST = 14
_MOST_BETWEEN = 4
_FAR = 2.0**50  # from where a float has no more than quarters after the point
_TRAITS = {
    "shuffled": traits.increasing, "repeated": traits.all_unique,
    "negated": lambda items: all(type(item) in (int, float) and item >= 0 for item in items),
}


def ways(arguments: dict, known: plans.Known = plans.NOTHING) -> list[tuple]:
    """What to do with the arguments, each as ``(how, name, value)``; of every argument some."""
    each = [[(how, name, other) for how, other in _of(name, value, known)] for name, value in arguments.items()]
    found = [way for turn in itertools.zip_longest(*each) for way in turn if way is not None][:_MOST]
    return found + declared.ways(arguments, known) + lacking.ways(arguments, known)


def between(arguments: dict, other: dict) -> list[tuple]:
    """What to take from another call, so that arguments of two calls meet: an argument of several, or a field of a record."""
    found = []
    for name, value in reversed(list(arguments.items())):
        if name not in other or not _is_alike(value, other[name]) or traits.equal(value, other[name]):
            continue
        if len(arguments) > 1:
            found.append(("taken", name, None))
        found += [("field", name, field) for field in rows.record_fields(value, other[name])]
    return found[:_MOST_BETWEEN]


def _is_alike(value, other):
    """Of one type, and so is what they begin with: texts and bytes are given to one function, but seldom in one call."""
    if type(value) is not type(other):
        return False
    begin, begins = plans.peek(value)[:1], plans.peek(other)[:1]
    return not begin or not begins or type(begin[0]) is type(begins[0])


def failing(way: tuple) -> bool | str:
    """Whether the call counts where the function fails on it as it did on none before, or where it fails ``ONLY``.

    A number below zero is often one that nobody would give; text, zero and what containers hold are not. Rows whose fields do not belong
    together, another mode and a flag lead elsewhere: a line that is reached only to fail there was not shown to be right. What is done with
    None is left to tests as long as it is done.
    """
    how, _, value = way
    if how == edges.HOW:
        return edges.failing(value[1])
    if how == meeting.HOW:
        return True
    if how == "other":
        return type(value) is str or value == 0
    return ONLY if how == "none" else how not in ("negated", "exchanged", "crossed", "guess", "named", "turned", "lazily", declared.HOW)


def made(arguments: dict, way: tuple, seed: int, known: plans.Known = plans.NOTHING) -> dict:
    """The arguments of a call."""
    how, name, value = way
    if how in (edges.HOW, meeting.HOW):
        return meeting.made(arguments, name, value)
    if how == "lazily":
        return making.Arguments({**arguments, name: iter(plans.peek(arguments[name]))}, most=1)
    if how == declared.HOW:
        return {**arguments, name: declared.made(name, arguments[name], value, known)}
    if how in lacking.HOW:
        return {**arguments, name: lacking.made(arguments[name], how, value)}
    return {**arguments, name: _MAKERS[how](arguments[name], value, random.Random(seed))}


def met(arguments: dict, other: dict, way: tuple) -> dict:
    """The arguments of a call that takes something from another."""
    how, name, field = way
    return {**arguments, name: other[name] if how == "taken" else rows.put(arguments[name], field, rows.get(other[name], field))}


def _of(name, value, known):
    """``(how, value)`` of what one argument could be as well."""
    found = []
    if type(value) is bool:
        found.append(("turned", not value))
    elif type(value) in (int, float) and value >= 0:
        found += [("other", other) for other in (-value, 0, -1, *((value + _FAR,) if type(value) is float and value < _FAR else ())) if other != value]
    elif type(value) is str and value in known.modes:
        found.append(("other", value + "\n"))
    elif type(value) is str and value:
        found += [("other", value.swapcase()), ("other", value[: len(value) // 2] + "é" + value[len(value) // 2 :])]
    elif type(value) is dict and len(value) > 1:
        found.append(("reversed", None))
    elif type(value) in (list, tuple) and len(value) > 1 and not plans.is_record(value) and name not in known.records:
        found += [(how, None) for how, has_it in _TRAITS.items() if has_it(list(value))]
        fields = rows.fields(value)
        found += [("exchanged", field) for field in fields[:1]] + [("crossed", field) for field in fields]
        if boundaries.all_of(value, str, list, tuple):
            found.append(("first", value[0].swapcase()))
    if known.gives and isinstance(value, (list, tuple, *plans.ONE_PASS)) and not plans.is_record(value) and len(plans.peek(value)) > 3:
        found.insert(0, ("lazily", None))
    return _named(name, value, known) + found


def _named(name, value, known):
    """Values that the function itself names for a parameter: those that it compares it with, and its default."""
    named = list(known.compared.get(name, ())) if isinstance(value, (str, int, float, type(None))) else []
    if name in known.defaults:
        default = known.defaults[name]
        named += [default] if isinstance(default, (str, int, float, type(None))) else []
    is_never_given = value is None and name in known.defaults and known.defaults[name] is None
    found = [("guess", other) for other in ((True, 7, "x") if is_never_given else ())]
    for other in named:
        if not (type(other) is type(value) and other == value) and not any(type(o) is type(other) and o == other for _, o in found):
            found.append(("named", other))
    return found


def _shuffled(old, value, rng):
    items = list(old)
    rng.shuffle(items)
    return type(old)(items if items != list(old) else items[::-1])


def _negated(old, value, rng):
    items = list(old)
    for index in rng.sample(range(len(items)), max(1, len(items) // 3)):
        items[index] = -items[index] or -1
    return type(old)(items)


_MAKERS = {
    **dict.fromkeys(("other", "guess", "named", "turned"), lambda old, value, rng: value),
    "shuffled": _shuffled, "negated": _negated, "exchanged": rows.exchanged, "crossed": rows.crossed,
    "repeated": lambda old, value, rng: type(old)([*old[:-1], old[0]]),
    "first": lambda old, value, rng: type(old)([value, *old[1:]]),
    "reversed": lambda old, value, rng: dict(reversed(old.items()))}
