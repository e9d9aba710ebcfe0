"""What can be seen of values that were observed, so that fresh ones can have it too."""

from __future__ import annotations

from collections.abc import Callable, Container

from ..calls import attributes

RECORD_FIELDS = 12
_FEW = 200  # items that are looked at one beside the other


def is_grid(items: list) -> bool:
    if len(items) < 2 or not all(isinstance(row, (list, tuple)) and not hasattr(row, "_fields") for row in items):
        return False
    widths = {len(row) for row in items}
    if len(widths) != 1:
        return False
    width = widths.pop()
    return width > 1 and (width == len(items) or width > 3) and len({type(x) for row in items for x in row}) == 1


def order_of(items: list) -> str | None:
    """"strict", "sorted" or None, for three comparable items or more."""
    if len(items) < 3 or not comparable(items):
        return None
    if all(a < b for a, b in zip(items, items[1:])):
        return "strict"
    return "sorted" if increasing(items) and items[0] != items[-1] else None


def increasing(items: list) -> bool:
    return comparable(items) and all(a <= b for a, b in zip(items, items[1:]))


def comparable(items: list) -> bool:
    kinds = {type(item) for item in items}
    return kinds <= {int, float} or (len(kinds) == 1 and kinds <= {str, bytes})


def palindrome(items: list) -> bool:
    return hashable(items[0]) and items == items[::-1] and any(item != items[0] for item in items)


def all_unique(items: list) -> bool:
    try:
        return len(set(items)) == len(items)
    except TypeError:
        return False


def all_in(items: list, known: Container) -> bool:
    try:
        return bool(items) and all(item in known for item in items)
    except TypeError:
        return False


def hashable(item: object) -> bool:
    try:
        hash(item)
        return True
    except TypeError:
        return False


def equal(a: object, b: object) -> bool:
    try:
        return bool(a == b)
    except Exception:
        return False


def period(items: list) -> int | None:
    """After how many items they are of the same kinds again, as in ``1 + 2 - 3``; None where they are all of one kind or never are."""
    kinds = [_kind(item, items) for item in items] if len(items) <= _FEW else []
    if len(set(kinds)) < 2:
        return None
    return next((size for size in range(2, len(kinds)) if all(kinds[at] == kinds[at - size] for at in range(size, len(kinds)))), None)


def _kind(item, items):
    """What an item is beside others: a word that comes again is a kind of its own."""
    if type(item) is str:
        again = sum(1 for other in items if type(other) is str and other == item) > 1
        return item if again else "0" if item.isdigit() else "a" if item.isidentifier() else "+"
    if type(item) is tuple:
        return tuple(_kind(field, [other[at] for other in items if type(other) is tuple and len(other) > at]) for at, field in enumerate(item))
    return type(item).__name__, repr(sorted(map(type, attributes.of(item).values()), key=repr))


def is_record(value: dict) -> bool:
    """Few named fields of several types, as a structure has; not a mapping from many keys to one kind of value."""
    return (
        len(value) <= RECORD_FIELDS and all(isinstance(k, str) and k.isidentifier() for k in value)
        and len({type(v) for v in value.values()}) > 1
    )


def keep_relations(old: list, rows: list[list]) -> None:
    """Where one numeric field was never larger than another, as in intervals, it stays so."""
    width = len(old[0])
    for i in range(width):
        for j in range(i + 1, width):
            kinds = {type(item[k]) for item in old for k in (i, j)}
            if kinds <= {int, float} and len(old) > 1 and all(item[i] <= item[j] for item in old):
                for row in rows:
                    if row[i] > row[j]:
                        row[i], row[j] = row[j], row[i]


def distinct(items: list, change: Callable) -> list:
    seen, out = set(), []
    for item in items:
        while item in seen:
            item = change(item)
        seen.add(item)
        out.append(item)
    return out


def most_distinct(held: dict[str, list]) -> dict[str, list]:
    """The attributes in which objects differ most, where each seems to say what they are: else all that is made is alike."""
    counts = {name: len(set(map(repr, values))) for name, values in held.items()}
    return {name: values for name, values in held.items() if counts[name] == max(counts.values()) > 1}


def tells_kind(values: list) -> bool:
    """Whether an attribute of objects seems to say what they are, beside others that say so too: it stays as it is in each of them."""
    if len(set(map(repr, values))) < len(values):
        return True
    return len(values) < 3 and any(
        value.isidentifier() and value.islower() if type(value) is str else type(value) in (int, float) and abs(value) <= 2 for value in values)
