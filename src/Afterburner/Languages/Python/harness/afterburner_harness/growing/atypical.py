"""Calls without what the recorded ones happen to have: where elements are in order, all different, or none of them below zero, they
are not any more; and they hold less. Larger calls keep all that, so nothing else shows that a candidate needs it.
"""

from __future__ import annotations

import random

from . import boundaries, lacking, plans, traits

ONLY = "only"
_MOST = 8
_TRAITS = {
    "shuffled": traits.increasing, "repeated": traits.all_unique,
    "negated": lambda items: all(type(item) in (int, float) and item >= 0 for item in items),
}


def ways(arguments: dict, known: plans.Known = plans.NOTHING) -> list[tuple]:
    """What to do with the arguments, each as ``(how, name, value)``."""
    found = []
    for name, value in arguments.items():
        if type(value) in (int, float) and value >= 0:
            found += [("other", name, other) for other in (-value, 0, -1) if other != value]
        elif type(value) is str and value and value not in known.modes:
            found += [("other", name, value.swapcase()), ("other", name, value[: len(value) // 2] + "é" + value[len(value) // 2 :])]
        elif type(value) is dict and len(value) > 1:
            found.append(("reversed", name, None))
        elif type(value) in (list, tuple) and len(value) > 1 and not plans.is_record(value) and name not in known.records:
            found += [(how, name, None) for how, has_it in _TRAITS.items() if has_it(list(value))]
            if boundaries.all_of(value, str, list, tuple):
                found.append(("first", name, value[0].swapcase()))
    return found[:_MOST] + lacking.ways(arguments, known)


def failing(way: tuple) -> bool | str:
    """Whether the call counts where the function fails on it as it did on none before, or where it fails ``ONLY``.

    A number below zero is often one that nobody would give; text, zero and what containers hold are not. What is done for no items at all, or
    with None, is left to tests as long as it is done.
    """
    how, _, value = way
    return ONLY if how in ("none", "empty") else how != "negated" and (how != "other" or type(value) is str or value == 0)


def made(arguments: dict, way: tuple, seed: int) -> dict:
    """The arguments of a call."""
    how, name, value = way
    if how in lacking.HOW:
        return {**arguments, name: lacking.made(arguments[name], how, value)}
    return {**arguments, name: _MAKERS[how](arguments[name], value, random.Random(seed))}


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
    "other": lambda old, value, rng: value, "shuffled": _shuffled, "negated": _negated,
    "repeated": lambda old, value, rng: type(old)([*old[:-1], old[0]]),
    "first": lambda old, value, rng: type(old)([value, *old[1:]]),
    "reversed": lambda old, value, rng: dict(reversed(old.items()))}
