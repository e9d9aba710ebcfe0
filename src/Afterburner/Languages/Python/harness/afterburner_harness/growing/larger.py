"""Larger arguments from observed ones: fresh content that keeps what could be observed of the old.

Kept: sorted and strictly increasing order, uniqueness, numeric range, permutations, the fields of records, order
relations between the fields, alphabets and lengths of strings, element types, indices that stay in range, squares,
palindromes; and between arguments: one object passed twice, equal values, equal lengths, a number that is a length.
What cannot be observed may be violated: a difference on such an input is shown with it.
"""

from __future__ import annotations

import collections
import copy
import math
import random
import types
from collections.abc import Iterable

from ..calls import attributes
from . import places, texts, traits
from .fresh import CannotGrow, Fresh, refilled
from .plans import ONE_PASS, STREAMS, Plan, growable, held_by, inner_containers, is_record, length

_LARGEST = 2_000_000


def grow(arguments: dict, plan: Plan, factor: int, seed: int) -> dict:
    """The arguments with those of the plan ``factor`` times larger and filled with fresh content.

    Other seeds give other content of the same size. Raises ``CannotGrow``.
    """
    grower = _Grower(random.Random(seed), plan)
    grown = {}
    for name, value in arguments.items():
        grown[name] = grower.argument(value, factor) if name in plan.names else value
    for name in plan.names if plan.places else ():
        for holder in places.holders(arguments, name):
            grown[holder] = places.moved(arguments[holder], len(arguments[name]), factor)
    return follow_lengths(arguments, grown, plan.names) if not plan.numbers else grown


def follow_lengths(arguments: dict, grown: dict, names: Iterable[str]) -> dict:
    """A number that was the length of an argument that grew is its new length."""
    for name, value in arguments.items():
        if type(value) is int and value > 2 and name not in names:
            for other in names:
                if length(arguments[other]) == value:
                    grown[name] = length(grown[other])
    return grown


class _Grower:
    def __init__(self, rng, plan):
        self._rng = rng
        self._plan = plan
        self._fresh = Fresh(rng, plan.bounded)
        self._by_identity = {}
        self._by_value = []

    def argument(self, value, factor):
        if id(value) in self._by_identity:
            return self._by_identity[id(value)][1]
        for old, new in self._by_value:
            if type(old) is type(value) and length(old) > 1 and traits.equal(old, value):
                return copy.deepcopy(new)
        if self._plan.numbers:
            made = value * factor + self._rng.randrange(factor)
        elif self._plan.attributes:
            made = self._holder(value, factor)
        elif self._plan.inner:
            made = self._with_larger_parts(value, factor) if inner_containers(value) else self._container(value, factor)
        else:
            made = self._container(value, factor)
        self._by_identity[id(value)] = (value, made)
        self._by_value.append((value, made))
        return made

    def _holder(self, value, factor):
        made = copy.copy(value)
        self._fresh.instead[id(value)] = made
        for name, inner in held_by(value).items():
            if self._plan.inner and not inner_containers(inner):
                continue
            content = self._with_larger_parts(inner, factor) if self._plan.inner else self._container(inner, factor)
            attributes.put(made, name, content)
            if isinstance(content, (str, bytes)):
                attributes.follow(made, length(inner), length(content))
                continue
            # Parts that refer to what holds them, as in a tree, refer to the new one.
            for part in content.values() if isinstance(content, dict) else content:
                for each, held in attributes.of(part).items():
                    if held is value:
                        attributes.put(part, each, made)
        return made

    def _with_larger_parts(self, value, factor):
        """As many items as before, of which those that are containers themselves, or hold some in their fields, are larger; or more of them too."""
        if length(value) * factor > _LARGEST:
            raise CannotGrow("too large")
        if self._plan.outer and not is_record(value):
            side = max(2, round(math.sqrt(factor)))
            value, factor = self._container(value, side), -(-factor // side)
        growing = {id(item) for item in inner_containers(value)}

        def grown(item):
            if is_record(item) and any(id(field) in growing for field in item):
                return _like(item, [grown(field) for field in item])
            return self._container(item, factor) if id(item) in growing else item

        if isinstance(value, dict):
            made = copy.copy(value)
            made.update((key, grown(item)) for key, item in value.items())
            return made
        items = [grown(item) for item in value]
        return collections.deque(items, value.maxlen) if isinstance(value, collections.deque) else _like(value, items)

    def _container(self, value, factor):
        if length(value) * factor > _LARGEST:
            raise CannotGrow("too large")
        if isinstance(value, str):
            return texts.remade(value, self._text(str.__str__(value), factor), self._fresh.instead)
        if isinstance(value, (bytes, bytearray)):
            return type(value)(self._rng.choices(value, k=len(value) * factor))
        if isinstance(value, range):
            return range(value.start, value.start + value.step * len(value) * factor, value.step)
        if isinstance(value, dict):
            return self._mapping(value, factor)
        if isinstance(value, (set, frozenset)):
            return type(value)(self._fresh.sequence(sorted(value, key=repr), len(value) * factor, unique=True))
        if isinstance(value, ONE_PASS):
            items = list(value)
            if not items:
                raise CannotGrow("an empty iterator")
            return _like(value, self._again(items, factor) if self._plan.whole else self._fresh.sequence(items, len(items) * factor))
        if isinstance(value, STREAMS):
            return type(value)(self._container(value.getvalue(), factor))
        return self._list(value, factor)

    def _text(self, value, factor):
        if self._plan.stretched:
            return texts.stretched(value, factor, self._fresh.word) if texts.stretchable(value) else value
        return self._fresh.repeated(value, factor) if self._plan.repeats else self._fresh.text(value, max(1, len(value) * factor))

    def _list(self, value, factor):
        items = list(value)
        side = max(2, round(math.sqrt(factor)))
        is_grid = traits.is_grid(items)
        grown = (
            self._again(items, factor) if self._plan.whole
            else self._grid(items, len(items) * side, len(items[0]) * side) if is_grid
            else self._fresh.sequence(items, len(items) * factor))
        if isinstance(value, tuple):
            if hasattr(value, "_fields"):
                raise CannotGrow("a named tuple")
            return tuple(grown)
        if isinstance(value, collections.deque):
            return collections.deque(grown, None if value.maxlen is None else value.maxlen * factor)
        if type(value) is list:
            return grown
        return refilled(value, grown)

    def _again(self, items, factor):
        return self._fresh.again(items, factor, self._plan.joined, self._plan.runs)

    def _grid(self, rows, height, width):
        pool = [item for row in rows for item in row]
        made = [self._fresh.sequence(pool, width, keep=False) for _ in range(height)]
        return [type(row)(items) for row, items in zip((rows * (height // len(rows) + 1)), made)]

    def _mapping(self, value, factor):
        keys, contents = list(value), list(value.values())
        if self._plan.records or traits.is_record(value):
            grown = {k: self._container(v, factor) if growable(v) and not isinstance(v, str) else v for k, v in value.items()}
            if not any(growable(v) and not isinstance(v, str) for v in contents):
                raise CannotGrow("a record without anything in it that grows")
        else:
            count = len(keys) * factor
            fresh = [k for k in self._fresh.sequence(keys, count + len(keys), unique=True) if k not in value]
            # The old keys stay: code that looks one of them up by name still finds it.
            all_keys = (keys + fresh)[:count]
            if traits.increasing(keys):
                all_keys.sort()
            grown = dict(zip(all_keys, self._values_of(keys, contents, all_keys)))
        return grown if type(value) is dict else refilled(value, grown)

    def _values_of(self, keys, contents, new_keys):
        """Values of a mapping; those that name keys, as in a graph, name new keys."""
        known = set(keys)
        if all(isinstance(v, (list, tuple, set, frozenset)) for v in contents):
            inner = [item for v in contents for item in v]
            if inner and traits.all_in(inner, known):
                lengths = [len(v) for v in contents]
                kind = type(contents[0])
                return [kind(self._rng.choices(new_keys, k=self._rng.choice(lengths))) for _ in new_keys]
        if traits.all_in(contents, known):
            return self._rng.choices(new_keys, k=len(new_keys))
        return self._fresh.sequence(contents, len(new_keys))


def _like(value, items):
    """Items in a container, or read once, as another value is."""
    if isinstance(value, types.GeneratorType):
        return (item for item in items)
    if isinstance(value, ONE_PASS):
        return iter(items)
    return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
