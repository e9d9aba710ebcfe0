"""Larger arguments from observed ones: fresh content that keeps what could be observed of the old.

Kept: sorted and strictly increasing order, uniqueness, numeric range, permutations, the fields of records, order
relations between the fields, alphabets and lengths of strings, element types, indices that stay in range, squares,
palindromes; and between arguments: one object passed twice, equal values, equal lengths, a number that is a length.
What cannot be observed may be violated: a difference on such an input is shown with it.
"""

import collections
import copy
import io
import math
import random
import re
import types

_ONE_PASS = (types.GeneratorType, type(iter([])), type(iter(())))
_STREAMS = (io.StringIO, io.BytesIO)
_CONTAINERS = (str, bytes, bytearray, list, tuple, dict, set, frozenset, collections.deque, range, *_ONE_PASS, *_STREAMS)
_RECORD_FIELDS = 12
_LARGEST = 2_000_000


class CannotGrow(Exception):
    """Nothing in the arguments can be made larger in this way."""


def plans(arguments):
    """Ways to grow a call, most natural first: each is a set of parameter names that grow together."""
    sized = {name: _length(value) for name, value in arguments.items() if _growable(value)}
    groups = {}
    for name, length in sized.items():
        groups.setdefault(length if length > 1 else name, []).append(name)
    found = [Plan(frozenset(sized))] if sized else []
    found += [Plan(frozenset(names)) for names in groups.values() if frozenset(names) != frozenset(sized)]
    if any(isinstance(arguments[name], dict) for name in sized):
        found.append(Plan(frozenset(sized), records=True))
    if any(not isinstance(arguments[name], str) for name in sized):
        found.append(Plan(frozenset(sized), bounded=True))
    if any(isinstance(arguments[name], str) and len(arguments[name]) > 8 for name in sized):
        found.append(Plan(frozenset(sized), repeats=True))
    found += [Plan(frozenset((name,)), numbers=True) for name, v in arguments.items() if type(v) is int and v > 1]
    if not sized:
        holders = [name for name, value in arguments.items() if _attributes(value)]
        found += [Plan(frozenset((name,)), attributes=True) for name in holders]
    return found


class Plan:
    """Which parameters grow, and how."""

    def __init__(self, names, records=False, numbers=False, attributes=False, repeats=False, bounded=False):
        self.names = names
        self.repeats = repeats
        self.bounded = bounded
        self.records = records
        self.numbers = numbers
        self.attributes = attributes

    def __repr__(self):
        kinds = [k for k in ("records", "numbers", "attributes", "repeats", "bounded") if getattr(self, k)]
        return "+".join(sorted(self.names)) + (f" ({', '.join(kinds)})" if kinds else "")


def grow(arguments, plan, factor, seed):
    """The arguments with those of the plan ``factor`` times larger and filled with fresh content.

    Other seeds give other content of the same size. Raises ``CannotGrow``.
    """
    grower = _Grower(random.Random(seed), plan)
    grown = {}
    for name, value in arguments.items():
        grown[name] = grower.argument(value, factor) if name in plan.names else value
    return _follow_lengths(arguments, grown, plan) if not plan.numbers else grown


def _follow_lengths(arguments, grown, plan):
    """A number that was the length of an argument that grew is its new length."""
    for name, value in arguments.items():
        if type(value) is int and value > 2 and name not in plan.names:
            for other in plan.names:
                if _length(arguments[other]) == value:
                    grown[name] = _length(grown[other])
    return grown


def _growable(value):
    """A text of one or two characters is a separator or a mode, not content."""
    return isinstance(value, _CONTAINERS) and _length(value) > (2 if isinstance(value, (str, bytes)) else 0)


def _length(value):
    if isinstance(value, _ONE_PASS):
        return 1
    if isinstance(value, _STREAMS):
        return len(value.getvalue())
    return len(value) if hasattr(type(value), "__len__") else 0


def _attributes(value):
    attributes = getattr(value, "__dict__", None)
    if not isinstance(attributes, dict) or isinstance(value, (type, types.FunctionType, types.ModuleType)):
        return {}
    return {k: v for k, v in attributes.items() if isinstance(v, (list, dict, set, collections.deque)) and len(v) > 0}


class _Grower:
    def __init__(self, rng, plan):
        self._rng = rng
        self._plan = plan
        self._by_identity = {}
        self._by_value = []

    def argument(self, value, factor):
        if id(value) in self._by_identity:
            return self._by_identity[id(value)][1]
        for old, new in self._by_value:
            if type(old) is type(value) and _length(old) > 1 and _equal(old, value):
                return copy.deepcopy(new)
        if self._plan.numbers:
            made = value * factor + self._rng.randrange(factor)
        elif self._plan.attributes:
            made = self._holder(value, factor)
        else:
            made = self._container(value, factor)
        self._by_identity[id(value)] = (value, made)
        self._by_value.append((value, made))
        return made

    def _holder(self, value, factor):
        made = copy.copy(value)
        for name, inner in _attributes(value).items():
            made.__dict__[name] = self._container(inner, factor)
        return made

    def _container(self, value, factor):
        if _length(value) * factor > _LARGEST:
            raise CannotGrow("too large")
        if isinstance(value, str):
            return self._repeated(value, factor) if self._plan.repeats else self._text(value, max(1, len(value) * factor))
        if isinstance(value, (bytes, bytearray)):
            return type(value)(self._rng.choices(value, k=len(value) * factor))
        if isinstance(value, range):
            return range(value.start, value.start + value.step * len(value) * factor, value.step)
        if isinstance(value, dict):
            return self._mapping(value, factor)
        if isinstance(value, (set, frozenset)):
            return type(value)(self.sequence(sorted(value, key=repr), len(value) * factor, unique=True))
        if isinstance(value, _ONE_PASS):
            items = list(value)
            if not items:
                raise CannotGrow("an empty iterator")
            grown = self.sequence(items, len(items) * factor)
            return (item for item in grown) if isinstance(value, types.GeneratorType) else iter(grown)
        if isinstance(value, _STREAMS):
            return type(value)(self._container(value.getvalue(), factor))
        return self._list(value, factor)

    def _list(self, value, factor):
        items = list(value)
        side = max(2, round(math.sqrt(factor)))
        if _is_grid(items):
            grown = self._grid(items, len(items) * side, len(items[0]) * side)
        else:
            grown = self.sequence(items, len(items) * factor)
        if isinstance(value, tuple):
            if hasattr(value, "_fields"):
                raise CannotGrow("a named tuple")
            return tuple(grown)
        if isinstance(value, collections.deque):
            return collections.deque(grown, None if value.maxlen is None else value.maxlen * factor)
        if type(value) is list:
            return grown
        made = copy.copy(value)
        made[:] = grown
        return made

    def _grid(self, rows, height, width):
        pool = [item for row in rows for item in row]
        made = [self.sequence(pool, width, keep=False) for _ in range(height)]
        return [type(row)(items) for row, items in zip((rows * (height // len(rows) + 1)), made)]

    def _mapping(self, value, factor):
        keys, contents = list(value), list(value.values())
        if self._plan.records or _is_record(value):
            grown = {k: self._container(v, factor) if _growable(v) and not isinstance(v, str) else v for k, v in value.items()}
            if not any(_growable(v) and not isinstance(v, str) for v in contents):
                raise CannotGrow("a record without anything in it that grows")
        else:
            length = len(keys) * factor
            fresh = [k for k in self.sequence(keys, length + len(keys), unique=True) if k not in value]
            # The old keys stay: code that looks one of them up by name still finds it.
            all_keys = (keys + fresh)[:length]
            if _increasing(keys):
                all_keys.sort()
            grown = dict(zip(all_keys, self._values_of(keys, contents, all_keys)))
        if type(value) is dict:
            return grown
        made = copy.copy(value)
        made.clear()
        made.update(grown)
        return made

    def _values_of(self, keys, contents, new_keys):
        """Values of a mapping; those that name keys, as in a graph, name new keys."""
        known = set(keys)
        if all(isinstance(v, (list, tuple, set, frozenset)) for v in contents):
            inner = [item for v in contents for item in v]
            if inner and _all_in(inner, known):
                lengths = [len(v) for v in contents]
                kind = type(contents[0])
                return [kind(self._rng.choices(new_keys, k=self._rng.choice(lengths))) for _ in new_keys]
        if _all_in(contents, known):
            return self._rng.choices(new_keys, k=len(new_keys))
        return self.sequence(contents, len(new_keys))

    def sequence(self, items, length, unique=False, keep=True):
        """``length`` fresh items like those observed. ``keep``: order, uniqueness and symmetry as observed."""
        if not items:
            return []
        if keep and len(items) > 2 and _palindrome(items):
            half = self.sequence(items[: (len(items) + 1) // 2], (length + 1) // 2, keep=False)
            return half + half[::-1][length % 2:]
        order = _order_of(items) if keep else None
        unique = unique or order == "strict" or (keep and len(items) > 2 and _all_unique(items))
        made = self._items(items, length, unique)
        if order is not None:
            made.sort()
        elif keep and len(items) > 2 and _order_of(items[::-1]) is not None:
            made.sort(reverse=True)
        return made

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
        if unique and not (self._plan.bounded and high - low + 1 < length):
            if sorted(items) == list(range(low, low + len(items))) and not _increasing(items):
                return self._shuffled(list(range(low, low + length)))
            span = max(high - low + 1, len(items)) * max(1, length // len(items))
            return self._rng.sample(range(low, low + max(span, length * 2)), length)
        if 0 <= low and high < len(items) and len(items) > 3:
            high = max(high, high * length // len(items))  # indices into themselves: still in range
        if not self._plan.bounded:
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
        return _distinct(made, lambda v: v + self._rng.uniform(0, high - low + 1)) if unique else made

    def _texts(self, items, length, unique):
        if not unique and len(set(items)) * 2 <= len(items):
            return self._rng.choices(items, k=length)  # categories
        made = [self._word(item) for item in self._rng.choices(items, k=length)]
        return _distinct(made, lambda v: v + self._word(v or "a")) if unique else made

    def _word(self, text):
        """Letters for letters, digits for digits; all else stays where it is."""
        return "".join(map(self._character, text))

    def _character(self, c):
        if c.isascii():
            if c.islower():
                return self._rng.choice("abcdefghijklmnopqrstuvwxyz")
            if c.isupper():
                return self._rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            if c.isdigit():
                return self._rng.choice("0123456789") if c != "0" else "0"
        return c

    def _text(self, text, length):
        """A longer text of the same make: lines, else words, else fields, else characters of the same alphabet."""
        if len(text) > 2 and text == text[::-1] and len(set(text)) > 1:
            half = "".join(self._rng.choices(text, k=(length + 1) // 2))
            return half + half[::-1][length % 2:]
        for pattern in (r"(\n)", r"([ \t]+)", r"([,;|/:&])"):
            parts = re.split(pattern, text)
            if len(parts) >= 3:
                return self._joined(parts[0::2], parts[1::2], length)
        return "".join(self._rng.choices(text, k=length))

    def _repeated(self, text, times):
        """The text again and again, as parsers need it whole, with fresh numbers and here and there a fresh word."""
        joint = "\n" if "\n" in text else " " if " " in text else ""
        parts = re.split(r"(\d+|[A-Za-z_]{4,})", text)
        copies = []
        for _ in range(times):
            fresh = [
                self._word(part) if index % 2 and (part.isdigit() or self._rng.random() < 0.3) else part
                for index, part in enumerate(parts)
            ]
            copies.append("".join(fresh))
        return joint.join(copies)

    def _joined(self, units, separators, length):
        average = max(1.0, sum(map(len, units)) / len(units) + sum(map(len, separators)) / len(separators))
        count = max(len(units), round(length / average))
        fresh = self.sequence(units, count) if _all_unique(units) and len(units) > 2 else [
            self._word(unit) for unit in self._rng.choices(units, k=count)]
        ends = separators[-1] if units[-1] == "" else None
        out = []
        for index, unit in enumerate(fresh):
            out.append(unit)
            if index < count - 1:
                out.append(self._rng.choice(separators))
        return "".join(out) + (ends if ends is not None and not out[-1] == "" else "")

    def _compound(self, kind, items, length, unique):
        if issubclass(kind, dict):
            return self._records(items, length)
        if issubclass(kind, (list, tuple)):
            return self._rows(kind, items, length, unique)
        if issubclass(kind, (set, frozenset)):
            pool = sorted({x for item in items for x in item}, key=repr)
            return [kind(self._rng.sample(pool, min(len(pool), len(item)))) for item in self._rng.choices(items, k=length)]
        if getattr(items[0], "__dict__", None) and not isinstance(items[0], (type, types.FunctionType, types.ModuleType)):
            return self._objects(items, length)
        if unique:
            raise CannotGrow(f"distinct values of {kind.__name__}")
        return [copy.deepcopy(item) for item in self._rng.choices(items, k=length)]

    def _records(self, items, length):
        first = items[0]
        if any(item.keys() != first.keys() for item in items):
            return [copy.deepcopy(item) for item in self._rng.choices(items, k=length)]
        columns = {key: self.sequence([item[key] for item in items], length) for key in first}
        rows = [dict(zip(columns, values)) for values in zip(*columns.values())] if columns else [{} for _ in range(length)]
        return rows if type(first) is dict else [type(first)(row) for row in rows]

    def _rows(self, kind, items, length, unique):
        widths = {len(item) for item in items}
        if hasattr(kind, "_fields") or (len(widths) == 1 and 0 < len(items[0]) <= _RECORD_FIELDS):
            columns = [self.sequence([item[i] for item in items], length) for i in range(len(items[0]))]
            rows = [list(row) for row in zip(*columns)]
            _keep_relations(items, rows)
            made = [kind(*row) if hasattr(kind, "_fields") else kind(row) for row in rows]
            return list(dict.fromkeys(made)) + made[: length - len(dict.fromkeys(made))] if unique and _hashable(made[0]) else made
        pool = [x for item in items for x in item]
        if not pool:
            return [kind() for _ in range(length)]
        if all(type(x) is int for x in pool) and min(pool) >= 0 and max(pool) < len(items):
            fresh = lambda n: [self._rng.randrange(length) for _ in range(n)]  # noqa: E731 - neighbours in a graph
        else:
            fresh = lambda n: self.sequence(pool, n, keep=False)  # noqa: E731
        ordered = all(_order_of(item) is not None or len(item) < 2 for item in items)
        rows = [fresh(len(item)) for item in self._rng.choices(items, k=length)]
        return [kind(sorted(row)) if ordered and _comparable(row) else kind(row) for row in rows]

    def _objects(self, items, length):
        names = [n for n, v in items[0].__dict__.items() if type(v) in (int, float, str)]
        names = [n for n in names if all(type(item.__dict__.get(n)) is type(items[0].__dict__[n]) for item in items)]
        made = [copy.deepcopy(item) for item in self._rng.choices(items, k=length)]
        for name in names:
            for item, value in zip(made, self.sequence([item.__dict__[name] for item in items], length)):
                item.__dict__[name] = value
        return made

    def _shuffled(self, items):
        self._rng.shuffle(items)
        return items


def _is_record(value):
    """Few named fields of several types, as a structure has; not a mapping from many keys to one kind of value."""
    return (
        len(value) <= _RECORD_FIELDS and all(isinstance(k, str) and k.isidentifier() for k in value)
        and len({type(v) for v in value.values()}) > 1
    )


def _is_grid(items):
    if len(items) < 2 or not all(isinstance(row, (list, tuple)) and not hasattr(row, "_fields") for row in items):
        return False
    widths = {len(row) for row in items}
    if len(widths) != 1:
        return False
    width = widths.pop()
    return width > 1 and (width == len(items) or width > 3) and len({type(x) for row in items for x in row}) == 1


def _keep_relations(old, rows):
    """Where one numeric field was never larger than another, as in intervals, it stays so."""
    width = len(old[0])
    for i in range(width):
        for j in range(i + 1, width):
            kinds = {type(item[k]) for item in old for k in (i, j)}
            if kinds <= {int, float} and len(old) > 1 and all(item[i] <= item[j] for item in old):
                for row in rows:
                    if row[i] > row[j]:
                        row[i], row[j] = row[j], row[i]


def _order_of(items):
    """"strict", "sorted" or None, for three comparable items or more."""
    if len(items) < 3 or not _comparable(items):
        return None
    if all(a < b for a, b in zip(items, items[1:])):
        return "strict"
    return "sorted" if _increasing(items) and items[0] != items[-1] else None


def _increasing(items):
    return _comparable(items) and all(a <= b for a, b in zip(items, items[1:]))


def _comparable(items):
    kinds = {type(item) for item in items}
    return kinds <= {int, float} or (len(kinds) == 1 and kinds <= {str, bytes})


def _palindrome(items):
    return _hashable(items[0]) and items == items[::-1] and any(item != items[0] for item in items)


def _all_unique(items):
    try:
        return len(set(items)) == len(items)
    except TypeError:
        return False


def _all_in(items, known):
    try:
        return bool(items) and all(item in known for item in items)
    except TypeError:
        return False


def _hashable(item):
    try:
        hash(item)
        return True
    except TypeError:
        return False


def _distinct(items, change):
    seen, out = set(), []
    for item in items:
        while item in seen:
            item = change(item)
        seen.add(item)
        out.append(item)
    return out


def _equal(a, b):
    try:
        return bool(a == b)
    except Exception:
        return False
