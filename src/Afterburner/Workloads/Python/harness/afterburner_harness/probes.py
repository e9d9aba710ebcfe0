"""What a probed version of a function tells of itself while it runs."""

import os
import sys


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

    def keep(self, slot, value):
        """The value itself, which the same frame takes back before it gets here again."""
        self._kept[id(sys._getframe(1)), slot] = value
        return value

    def kept(self, slot, frame=None):
        return self._kept.pop((id(frame or sys._getframe(1)), slot))

    def drop(self, slot):
        self._kept.pop((id(sys._getframe(1)), slot))

    def truth(self, true, false, value):
        """The outcome of a comparison that is used as a value. What is not a bool (an array) is not asked for one."""
        if value is True:
            self.ran.add(true)
        elif value is False:
            self.ran.add(false)
        else:
            self.ran.update((true, false))
        return value

    def caught(self, slot, *arms):
        """Marks which of the exceptions that a handler names is the one being handled, as the interpreter compares them."""
        classes = type(sys.exc_info()[1]).__mro__
        for arm, kind in zip(arms, self.kept(slot, sys._getframe(1))):
            if any(each in classes for each in _flat(kind)):
                self.ran.add(arm)

    def bound(self, code):
        """Compiled code with this object in the place of its token, in everything defined inside it as well."""
        constants = [
            self.bound(constant) if isinstance(constant, type(code)) else self if constant == self.token else constant
            for constant in code.co_consts]
        return code.replace(co_consts=tuple(constants))


def _flat(kind):
    if not isinstance(kind, tuple):
        return [kind]
    return [each for inner in kind for each in _flat(inner)]
