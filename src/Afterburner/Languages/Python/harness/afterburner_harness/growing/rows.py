"""Tables: containers of rows with the same fields, whose values are exchanged between the rows.

Recorded rows often share a relation between their fields, a column that never lies behind its line's end. Exchanged values
keep every field's own content and lose the relation.
"""

from __future__ import annotations

import copy
import random

from ..calls import attributes
from . import traits

_LARGEST = 240  # rows of a table that is made: enough to meet, and small enough to compare
_FIELDS = 3


def fields(value: object) -> list:
    """Fields of a table in which its rows differ, the last first; none of what is no table."""
    if type(value) not in (list, tuple) or len(value) < 2 or len({type(row) for row in value}) != 1:
        return []
    own = names(value[0])
    if not 1 < len(own) <= traits.RECORD_FIELDS or any(names(row) != own for row in value):
        return []
    return [name for name in reversed(own) if any(not traits.equal(get(row, name), get(value[0], name)) for row in value[1:])][:_FIELDS]


def record_fields(value: object, other: object) -> list:
    """Fields in which one row differs from another of the same make, the last first."""
    if type(value) is not type(other) or not isinstance(value, (tuple, dict)) or names(value) != names(other):
        return []
    return [
        name for name in reversed(names(value))
        if type(get(value, name)) is type(get(other, name)) and not traits.equal(get(value, name), get(other, name))][:_FIELDS]


def exchanged(table: list | tuple, field: object, rng: random.Random) -> list | tuple:
    """The table with the values of one field in other rows. Of a large one, each row that differs a few times."""
    rows = list(table)
    if len(rows) > _LARGEST:
        distinct = _distinct(rows, rng)
        rows = (distinct * (_LARGEST // len(distinct)))[:_LARGEST]
    values = [get(row, field) for row in rows]
    before = list(values)
    rng.shuffle(values)
    if all(traits.equal(a, b) for a, b in zip(values, before)):
        values = [*before[1:], before[0]]
    return type(table)([put(row, field, value) for row, value in zip(rows, values)])


def crossed(table: list | tuple, field: object, rng: random.Random) -> list | tuple:
    """A table in which each row that differs has each value of one field, as far as a small table goes."""
    rows = _distinct(list(table), rng)
    values = [get(row, field) for row in rows]
    pairs = [(row, value) for row in rows for value in values]
    rng.shuffle(pairs)
    return type(table)([put(row, field, value) for row, value in pairs[:_LARGEST]])


def put(row: object, field: object, value: object) -> object:
    """A row like another, with another value of one field."""
    if isinstance(row, dict):
        made = copy.copy(row)
        made[field] = value
        return made
    if isinstance(row, (list, tuple)):
        items = [*row[:field], value, *row[field + 1:]]
        return type(row)(*items) if hasattr(row, "_fields") else type(row)(items)
    return attributes.replaced(row, field, value)


def _distinct(rows, rng):
    found = list({_key(row): row for row in rows}.values())
    return found if len(found) <= _LARGEST else rng.sample(found, _LARGEST)


def names(row: object) -> list:
    """Names of a row's fields, in order."""
    if isinstance(row, (list, tuple)):
        return list(range(len(row)))
    held = row if isinstance(row, dict) else {} if callable(row) else attributes.of(row)
    return list(held) if all(isinstance(name, (str, int)) for name in held) else []


def get(row: object, field: object) -> object:
    return row[field] if isinstance(row, (dict, list, tuple)) else attributes.of(row)[field]


def _key(row):
    return row if traits.hashable(row) and isinstance(row, tuple) else repr(row)
