"""Numbers that are places in another argument, as line numbers, offsets and indices are: where it grows, they move with it."""

from __future__ import annotations

FEWEST = 4  # elements: in fewer nearly every number is a place


def holders(arguments: dict, name: str) -> list[str]:
    """Arguments with places in the one of that name."""
    size = len(arguments[name])
    return [other for other, value in arguments.items() if other != name and size >= FEWEST and _which(value, size) is not None]


def moved(value: object, size: int, factor: int) -> object:
    """The value, whose places in something of that size are as many times as far on."""
    which = _which(value, size)
    if type(value) is int:
        return value * factor
    if _is_tuple_of_fields(value):
        return _changed(value, which, factor)
    return type(value)([item * factor if type(item) is int else _changed(item, which, factor) for item in value])


def _changed(record, place, factor):
    fields = [field * factor if at == place else field for at, field in enumerate(record)]
    return type(record)(*fields) if hasattr(record, "_fields") else tuple(fields)


def _which(value, size):
    """The field of a value, or of its records, that holds places: none lies behind the end, and one in the second half."""
    return next((field for field, numbers in _numbers(value) if all(0 <= n <= size + 1 for n in numbers) and max(numbers) * 2 >= size), None)


def _numbers(value):
    """``(field, numbers)``: of a number, or a sequence of them, the one field 0."""
    if type(value) is int:
        return [(0, [value])]
    if type(value) not in (list, tuple) and not hasattr(type(value), "_fields") or not value:
        return []
    if _is_tuple_of_fields(value):
        return [(at, [field]) for at, field in enumerate(value) if type(field) is int]
    if all(type(item) is int for item in value):
        return [(0, list(value))]
    if not all(type(item) is type(value[0]) and isinstance(item, tuple) and len(item) == len(value[0]) for item in value):
        return []
    return [(at, list(column)) for at, column in enumerate(zip(*value)) if all(type(field) is int for field in column)]


def _is_tuple_of_fields(value):
    return isinstance(value, tuple) and hasattr(value, "_fields")
