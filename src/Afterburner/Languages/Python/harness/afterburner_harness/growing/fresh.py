"""Fresh items like those observed: of their types, ranges, alphabets, order and uniqueness."""

from __future__ import annotations

import collections
import copy
import math
import random
import re
import string
import types

from ..calls import attributes
from . import traits

_POOLS = {c: pool for pool, of in (
    (string.ascii_lowercase, string.ascii_lowercase), (string.ascii_uppercase, string.ascii_uppercase), (string.digits, "123456789")) for c in of}
_PLAIN = (int, float, complex, str, bytes, bool, type(None), type, types.FunctionType)


class CannotGrow(Exception):
    """Nothing in the arguments can be made larger in this way."""


class Fresh:
    """Makes items and texts like those observed.

    ``bounded``: numbers stay within the range that was observed. ``instead``: what copies refer to in the place of a value, by its identity.
    """

    def __init__(self, rng: random.Random, bounded: bool):
        self._rng = rng
        self._bounded = bounded
        self.instead = {}

    def sequence(self, items: list, length: int, unique: bool = False, keep: bool = True) -> list:
        """``length`` fresh items like those observed. ``keep``: order, uniqueness and symmetry as observed."""
        if not items:
            return []
        if keep and len(items) > 2 and traits.palindrome(items):
            half = self.sequence(items[: (len(items) + 1) // 2], (length + 1) // 2, keep=False)
            return half + half[::-1][length % 2:]
        order = traits.order_of(items) if keep else None
        unique = unique or order == "strict" or (keep and len(items) > 2 and traits.all_unique(items))
        made = self._items(items, length, unique)
        if order is not None:
            made.sort()
        elif keep and len(items) > 2 and traits.order_of(items[::-1]) is not None:
            made.sort(reverse=True)
        return made

    def again(self, items: list, times: int, joined: bool = False, runs: bool = False) -> list:
        """The items again and again in their order, as what reads them in turn needs it, with here and there a fresh word.

        ``joined``: what stands between goes on between the copies too, as in ``1 + 2`` and ``1 + 2 + 2``. ``runs``: each by itself, in a row.
        """
        times -= self._rng.randrange(max(1, times // 8))  # so that those without words differ from one another
        head, body, tail = [], items, []
        if joined:
            left = len(items) % (traits.period(items) or 1)
            head, body, tail = ([], items[:-left], items[-left:]) if left else (items[:1], items[1:], [])
        words = collections.Counter(item for item in items if type(item) is str)
        return [
            self.word(item) if type(item) is str and words[item] == 1 and self._rng.random() < 0.3 else copy.copy(item)
            for item in [*head, *([each for each in body for _ in range(times)] if runs else body * times), *tail]]

    def text(self, text: str, length: int) -> str:
        """A longer text of the same make: lines, else words, else fields, else characters of the same alphabet."""
        if len(text) > 2 and text == text[::-1] and len(set(text)) > 1:
            half = "".join(self._rng.choices(text, k=(length + 1) // 2))
            return half + half[::-1][length % 2:]
        for pattern in (r"(\n)", r"([ \t]+)", r"([,;|/:&])"):
            parts = re.split(pattern, text)
            if len(parts) >= 3:
                return self._joined(parts[0::2], parts[1::2], length)
        return "".join(self._rng.choices(text, k=length))

    def repeated(self, text: str, times: int) -> str:
        """The text again and again, as parsers need it whole, with fresh numbers and here and there a fresh word."""
        joint = "\n" if "\n" in text else " " if " " in text else ""
        parts = re.split(r"(\d+|[A-Za-z_]{4,})", text)
        copies = []
        for _ in range(times):
            fresh = [
                self.word(part) if index % 2 and (part.isdigit() or self._rng.random() < 0.3) else part
                for index, part in enumerate(parts)
            ]
            copies.append("".join(fresh))
        return joint.join(copies)

    def _joined(self, units, separators, length):
        average = max(1.0, sum(map(len, units)) / len(units) + sum(map(len, separators)) / len(separators))
        count = max(len(units), round(length / average))
        fresh = self.sequence(units, count) if traits.all_unique(units) and len(units) > 2 else [
            self.word(unit) for unit in self._rng.choices(units, k=count)]
        ends = separators[-1] if units[-1] == "" else None
        out = []
        for index, unit in enumerate(fresh):
            out.append(unit)
            if index < count - 1:
                out.append(self._rng.choice(separators))
        return "".join(out) + (ends if ends is not None and out[-1] != "" else "")

    def _items(self, items, length, unique):
        kinds = {type(item) for item in items}
        if len(kinds) > 1:
            return self._mixed(items, length)
        kind = kinds.pop()
        if kind is bool or kind is type(None):
            return self._rng.choices(items, k=length)
        if kind is int:
            return self._integers(items, length, unique)
        if kind is float:
            return self._floats(items, length, unique)
        if kind is str:
            return self._texts(items, length, unique)
        if kind is bytes:
            return [bytes(self._rng.choices(item, k=len(item))) if item else item for item in self._rng.choices(items, k=length)]
        return self._compound(kind, items, length, unique)

    def _mixed(self, items, length):
        pools = {}
        for item in items:
            pools.setdefault(type(item), []).append(item)
        picked = [type(item) for item in self._rng.choices(items, k=length)]
        fresh = {kind: iter(self._items(pool, picked.count(kind), False)) for kind, pool in pools.items()}
        return [next(fresh[kind]) for kind in picked]

    def _integers(self, items, length, unique):
        low, high = min(items), max(items)
        if unique and not (self._bounded and high - low + 1 < length):
            if sorted(items) == list(range(low, low + len(items))) and not traits.increasing(items):
                return self._shuffled(list(range(low, low + length)))
            span = max(high - low + 1, len(items)) * max(1, length // len(items))
            return self._rng.sample(range(low, low + max(span, length * 2)), length)
        if 0 <= low and high < len(items) and len(items) > 3:
            high = max(high, high * length // len(items))  # indices into themselves: still in range
        if not self._bounded:
            high = self._wider(items, low, high, length)
        return [self._rng.randint(low, high) for _ in range(length)]

    def _wider(self, items, low, high, length):
        """Mostly distinct numbers stay so: the range grows with their count. Numbers that repeat are a code and keep theirs."""
        distinct = len(set(items))
        return max(high, low + length * distinct // len(items)) if distinct * 2 > len(items) else high

    def _floats(self, items, length, unique):
        finite = [v for v in items if math.isfinite(v)]
        if not finite:
            return self._rng.choices(items, k=length)
        low, high = min(finite), max(finite)
        digits = max((len(repr(v).partition(".")[2]) if "e" not in repr(v) else 12) for v in finite)
        if unique or low == high:
            high = low + (high - low or 1.0) * max(1, length // len(items))
        made = [round(self._rng.uniform(low, high), min(digits, 12)) for _ in range(length)]
        odd = [v for v in items if not math.isfinite(v)]
        if odd:
            for _ in range(max(1, length * len(odd) // len(items))):
                made[self._rng.randrange(length)] = self._rng.choice(odd)
        return traits.distinct(made, lambda v: v + self._rng.uniform(0, high - low + 1)) if unique else made

    def _texts(self, items, length, unique):
        if not unique and len(set(items)) * 2 <= len(items):
            return self._rng.choices(items, k=length)  # categories
        made = [self.word(item) for item in self._rng.choices(items, k=length)]
        return traits.distinct(made, lambda v: v + self.word(v or "a")) if unique else made

    def word(self, text: str) -> str:
        """Letters for letters, digits for digits; all else stays where it is."""
        fraction = self._rng.random  # ``choice`` takes five times as long
        return "".join([pool[int(fraction() * len(pool))] if (pool := _POOLS.get(c)) else c for c in text])

    def _compound(self, kind, items, length, unique):
        if attributes.of(items[0]):
            return self._objects(items, length)  # a container with attributes, too: what it holds may be written in both
        try:
            return self._contained(kind, items, length, unique)
        except TypeError:
            if kind in (dict, list, tuple, set, frozenset):
                raise
        return [copy.deepcopy(item) for item in self._rng.choices(items, k=length)]  # not made as the one it derives from

    def _contained(self, kind, items, length, unique):
        if issubclass(kind, dict):
            return self._records(items, length)
        if issubclass(kind, (list, tuple)):
            return self._rows(kind, items, length, unique)
        if issubclass(kind, (set, frozenset)):
            pool = sorted({x for item in items for x in item}, key=repr)
            return [kind(self._rng.sample(pool, min(len(pool), len(item)))) for item in self._rng.choices(items, k=length)]
        if unique:
            raise CannotGrow(f"distinct values of {kind.__name__}")
        return [copy.deepcopy(item) for item in self._rng.choices(items, k=length)]

    def _records(self, items, length):
        first = items[0]
        if any(item.keys() != first.keys() for item in items):
            return [copy.deepcopy(item) for item in self._rng.choices(items, k=length)]
        columns = {key: self.sequence([item[key] for item in items], length) for key in first}
        rows = [dict(zip(columns, values)) for values in zip(*columns.values())] if columns else [{} for _ in range(length)]
        return rows if type(first) is dict else [refilled(first, row) for row in rows]

    def _rows(self, kind, items, length, unique):
        widths = {len(item) for item in items}
        if hasattr(kind, "_fields") or (len(widths) == 1 and 0 < len(items[0]) <= traits.RECORD_FIELDS):
            columns = [self.sequence([item[i] for item in items], length) for i in range(len(items[0]))]
            rows = [list(row) for row in zip(*columns)]
            traits.keep_relations(items, rows)
            made = [kind(*row) if hasattr(kind, "_fields") else kind(row) for row in rows]
            return list(dict.fromkeys(made)) + made[: length - len(dict.fromkeys(made))] if unique and traits.hashable(made[0]) else made
        pool = [x for item in items for x in item]
        if not pool:
            return [kind() for _ in range(length)]
        if all(type(x) is int for x in pool) and min(pool) >= 0 and max(pool) < len(items):
            fresh = lambda n: [self._rng.randrange(length) for _ in range(n)]  # noqa: E731 - neighbours in a graph
        else:
            fresh = lambda n: self.sequence(pool, n, keep=False)  # noqa: E731
        ordered = all(traits.order_of(item) is not None or len(item) < 2 for item in items)
        rows = [fresh(len(item)) for item in self._rng.choices(items, k=length)]
        return [kind(sorted(row)) if ordered and traits.comparable(row) else kind(row) for row in rows]

    def _objects(self, items, length):
        different = list({id(item): item for item in items}.values())
        names = [n for n, v in attributes.of(items[0]).items() if type(v) in (int, float, str)]
        held = {n: [attributes.of(item).get(n) for item in different] for n in names}
        held = {n: values for n, values in held.items() if not traits.tells_kind(values)} or traits.most_distinct(held)
        copied = self._copier(items)
        made = [copied(item) for item in self._rng.choices(items, k=length)]
        for name, old in held.items():
            for item, value in zip(made, self.sequence(old, length) if len({type(each) for each in old}) == 1 else ()):
                attributes.put(item, name, value)
        return made

    def _copier(self, items):
        """Copies an item with all that is its own: what several items refer to stays one, as a kind does that is told by its identity."""
        owners = collections.Counter()
        for item in {id(item): item for item in items}.values():
            owners.update({id(value): 1 for value in attributes.of(item).values()})
        shared = {
            id(value): value for item in items for value in attributes.of(item).values()
            if owners[id(value)] > 1 and not isinstance(value, (list, dict, set, bytearray, collections.deque))}
        instead = {**shared, **self.instead}
        flat = {
            id(item) for item in items
            if all(isinstance(value, _PLAIN) or id(value) in instead for value in attributes.of(item).values())}

        def copied(item):
            if id(item) not in flat:
                return copy.deepcopy(item, dict(instead))
            made = copy.copy(item)
            for name, value in attributes.of(item).items():
                if id(value) in self.instead:
                    attributes.put(made, name, self.instead[id(value)])
            return made

        return copied

    def _shuffled(self, items):
        self._rng.shuffle(items)
        return items


def refilled(value: dict | list, content: dict | list) -> dict | list:
    """Another one of its class, which may be made in any way and keep what it holds in its attributes as well."""
    held = attributes.of(value).values()
    made = copy.copy(value) if all(isinstance(each, _PLAIN) for each in held) else copy.deepcopy(value)
    if isinstance(value, dict):
        made.clear()
        made.update(content)
    else:
        made[:] = content
    return made
