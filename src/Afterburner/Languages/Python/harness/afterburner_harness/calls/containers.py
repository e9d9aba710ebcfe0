"""Lists and dicts that fill themselves by methods of their own, stored by what they hold."""

from __future__ import annotations

import collections
import pickle


def fills_itself(kind: type) -> bool:
    """Whether a list or dict of this kind has methods of its own that pickle would fill it with, before its attributes are there."""
    if kind.__reduce_ex__ is not object.__reduce_ex__ or kind.__reduce__ not in (object.__reduce__, collections.OrderedDict.__reduce__):
        return False
    if issubclass(kind, list):
        return kind.append is not list.append or kind.extend is not list.extend
    return kind.__setitem__ not in (dict.__setitem__, collections.OrderedDict.__setitem__)


def container(value: list | dict) -> tuple:
    base = _container_base(value)
    items = list(list.__iter__(value)) if base is list else list(base.items(value))
    made = value.__reduce_ex__(pickle.HIGHEST_PROTOCOL)
    # An OrderedDict is made by calling its class: only attributes are taken from its own reduction.
    return new, (type(value),), (items, made[2]), None, None, _fill_container


def _container_base(value):
    return next(base for base in (list, collections.OrderedDict, dict) if isinstance(value, base))


def _fill_container(made, state):
    items, attributes = state
    base = _container_base(made)
    if base is list:
        list.extend(made, items)
    else:
        for key, item in items:
            base.__setitem__(made, key, item)
    if attributes is None:
        return
    if hasattr(made, "__setstate__"):
        made.__setstate__(attributes)
        return
    plain, slots = attributes if isinstance(attributes, tuple) and len(attributes) == 2 else (attributes, None)
    made.__dict__.update(plain or {})
    for name, item in (slots or {}).items():
        setattr(made, name, item)


def new(kind: type) -> object:
    return kind.__new__(kind)
