"""Answers as bytes: every way to write one, the quickest first."""

from __future__ import annotations

import json
import marshal

from ..comparing.iterators import Drained

VALUES_ONLY = 2  # of marshal: later versions write which objects are shared, which is no part of an answer


def shown(answer: tuple[int, object], arguments: dict, changed: bool) -> tuple:
    """What is written of one answer: returned or raised, the value, and the arguments afterwards where calls change them."""
    way, value = answer
    if way:
        value = (type(value).__module__, type(value).__qualname__, str(value))
    elif type(value) is Drained:
        error = value.error
        value = (value.items, value.complete, value.returned, None if error is None else (type(error).__qualname__, str(error)))
    return (way, value, list(arguments.values())) if changed else (way, value)


def argument_bytes(arguments: dict) -> bytes | None:
    """None where only the tree of the arguments tells whether they changed, and then they are taken for changed."""
    try:
        return marshal.dumps(list(arguments.values()), VALUES_ONLY)
    except ValueError:
        pass
    try:
        return _pickled(list(arguments.values()))
    except Exception:
        return None


def holds_bytes(value: object) -> bool:
    """Whether it is or holds bytes of any kind. ``marshal`` writes all kinds alike (a ``bytearray`` as ``bytes``)."""
    kind = type(value)
    if kind in (list, tuple, set, frozenset):
        return any(map(holds_bytes, value))
    if kind is dict:
        return any(map(holds_bytes, value.keys())) or any(map(holds_bytes, value.values()))
    return kind not in (str, int, float, bool, complex, type(None), type(...))


def _marshalled(value):
    return marshal.dumps(value, VALUES_ONLY)


def _pickled(value):
    from ..calls import serial

    return serial.dumps(value, placed=False)  # where a function stands is no part of an answer


def _tree(value):
    from ..comparing import trees

    hidden = []
    tree = trees.freeze(value, there=_Held(value[2:]), hidden=hidden)
    if hidden:
        raise trees.TooLarge("of content that cannot be seen")
    return json.dumps(tree).encode("utf-8", "surrogatepass")


class _Held:
    """Ids of the objects in the arguments, which were there before; looked up only where one is asked for."""

    def __init__(self, arguments):
        self._arguments, self._ids = arguments, None

    def __contains__(self, key):
        if self._ids is None:
            from ..comparing import trees

            self._ids = trees.objects_in(self._arguments)
        return key in self._ids


ENCODERS = {"marshal": _marshalled, "pickle": _pickled, "tree": _tree}  # quickest first
