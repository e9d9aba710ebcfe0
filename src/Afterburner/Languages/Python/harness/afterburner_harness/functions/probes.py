"""What a probed version of a function tells of itself while it runs."""

from __future__ import annotations

import os
import sys
import types

# What the probes keep for a frame: between keeping and taking back, no other expression is evaluated in it.
COMPARED, TESTED, CAUGHT = "compared", "tested", "caught"
_PLAIN = (bool, int, float, complex, str, bytes, type(None))


class Probes:
    """Numbers of the arms that ran, in any thread.

    Probed code holds this object as a constant, so nothing that the function can name leads to it: while it is compiled, a random
    text stands in its place.
    """

    def __init__(self):
        self.token = os.urandom(16).hex()
        self.ran = set()
        self.mark = self.ran.add  # returns None, and adds no frame of Python
        self._kept = {}

    def keep(self, slot: str, value: object) -> object:
        """The value itself, which the same frame takes back before it gets here again."""
        self._kept[id(sys._getframe(1)), slot] = value
        return value

    def kept(self, slot: str, frame: types.FrameType | None = None) -> object:
        return self._kept.pop((id(frame or sys._getframe(1)), slot))

    def drop(self, slot: str) -> None:
        self._kept.pop((id(sys._getframe(1)), slot))

    def truth(self, true: int, false: int, value: object) -> object:
        """The outcome of a comparison that is used as a value. What is not a bool (an array) is not asked for one."""
        if value is True:
            self.ran.add(true)
        elif value is False:
            self.ran.add(false)
        else:
            self.ran.update((true, false))
        return value

    def taken(self, arms: tuple[int, ...], container: list | tuple | dict, key: object) -> object:
        """An item of a list, tuple or dict that is written down, by its key."""
        value = container[key]
        self.ran.update(_which(arms, container, key))
        return value

    def looked_up(self, way: str, arms: tuple[int, ...], container: dict, key: object, *default: object) -> object:
        """The same through a method of a dict; the last arm is that of a key it does not have."""
        found = key in container
        marked = _which(arms[:-1], container, key) if found else arms[-1:]
        value = getattr(container, way)(key, *default)
        self.ran.update(marked)
        return value

    def caught(self, slot: str, *arms: int) -> None:
        """Marks which of the exceptions that a handler names is the one being handled, as the interpreter compares them."""
        classes = type(sys.exc_info()[1]).__mro__
        for arm, kind in zip(arms, self.kept(slot, sys._getframe(1))):
            if any(each in classes for each in _flat(kind)):
                self.ran.add(arm)

    def bound(self, code: types.CodeType) -> types.CodeType:
        """Compiled code with this object in the place of its token, in everything defined inside it as well."""
        constants = [
            self.bound(constant) if isinstance(constant, type(code)) else self if constant == self.token else constant
            for constant in code.co_consts]
        return code.replace(co_consts=tuple(constants))


def _which(arms, container, key):
    """Arms of the items that a key takes; where it cannot be told without asking the key, all of them."""
    if type(container) is not dict:
        return [arms[key]] if type(key) in (int, bool) else arms
    if type(key) not in _PLAIN:
        return arms
    return [arm for arm, each in zip(arms, container) if type(each) in _PLAIN and each == key]


def _flat(kind):
    if not isinstance(kind, tuple):
        return [kind]
    return [each for inner in kind for each in _flat(inner)]
