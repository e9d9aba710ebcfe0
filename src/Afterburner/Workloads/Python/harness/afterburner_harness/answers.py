"""Compares answers that two versions gave, in a process that has loaded nothing of them.

Answers come as bytes, as ``runner`` writes them. Pickled ones are read symbolically: a class or function that is not one
of Python's own plain values becomes a name, and what it would have been called with becomes data. Nothing is imported or called.
"""

import base64
import json
import marshal
import pickle

from . import compare, trees

# Made by calling what the name says: constructors of plain values, which run no code of others.
_PLAIN = {
    "builtins": ("set", "frozenset", "bytearray", "complex", "range", "slice", "bytes"),
    "collections": ("OrderedDict", "deque", "Counter"),
    "datetime": ("date", "datetime", "time", "timedelta", "timezone"),
    "decimal": ("Decimal",),
    "fractions": ("Fraction",),
    "uuid": ("UUID",),
}


def main(request, emit):
    """One message for each pair of ``answers``: {"difference": words, or null where a user could not tell them apart}."""
    for pair in request["answers"]:
        emit({"type": "answer", "difference": difference(pair["encoder"], *(base64.b64decode(pair[s]) for s in ("baseline", "candidate")))})
    emit({"type": "done"})


def difference(encoder, baseline, candidate):
    """In words, or None. What cannot be read is equal to nothing. The order of dicts was judged when calls were replayed."""
    try:
        first = _READERS[encoder](baseline)
    except Exception as error:
        return f"the baseline's answer cannot be read ({type(error).__name__})"
    try:
        second = _READERS[encoder](candidate)
    except Exception as error:
        return f"the candidate's answer cannot be read ({type(error).__name__})"
    found = compare.compare(first, second, "answer")
    return None if found is None or found.order_only else found.text


def _read_pickled(data):
    return trees.freeze(_Plain().of(_Symbols(data).load()))


_READERS = {
    "marshal": lambda data: trees.freeze(marshal.loads(data)),
    "pickle": _read_pickled,
    "tree": json.loads,
}


class _Symbol:
    """What a pickle makes of something that is only known by its name."""

    name = ""

    def __new__(cls, *args, **kwargs):
        made = object.__new__(cls)
        made.called, made.state, made.items, made.entries = (args, kwargs), None, [], []
        return made

    def __init__(self, *args, **kwargs):
        pass

    def __setstate__(self, state):
        self.state = state

    def __call__(self, *args, **kwargs):
        return _Symbol(self, args, kwargs)

    def append(self, item):
        self.items.append(item)

    def extend(self, items):
        self.items.extend(items)

    def __setitem__(self, key, value):
        self.entries.append((key, value))


class _Symbols(pickle.Unpickler):
    def __init__(self, data):
        import io

        super().__init__(io.BytesIO(data))
        self._known = {}

    def find_class(self, module, name):
        if name in _PLAIN.get(module, ()):
            return getattr(__import__(module), name)
        key = module, name
        if key not in self._known:
            self._known[key] = type("_Named", (_Symbol,), {"name": f"{module}.{name}"})
        return self._known[key]

    def persistent_load(self, identifier):
        raise pickle.UnpicklingError("a reference out of the answer")


class _Plain:
    """Symbols as lists, which name what they have seen before by its number."""

    def __init__(self):
        self._seen, self._keep = {}, []

    def of(self, value):
        kind = type(value)
        if isinstance(value, type):
            return ["class", getattr(value, "name", value.__qualname__)]
        if not issubclass(kind, _Symbol) and kind not in (list, tuple, dict, set, frozenset):
            return value
        if kind is not tuple:
            if id(value) in self._seen:
                return ["same", self._seen[id(value)]]
            self._seen[id(value)] = len(self._seen)
            self._keep.append(value)
        if issubclass(kind, _Symbol):
            args, kwargs = value.called
            parts = [self.of(part) for part in (list(args), kwargs, value.state, value.items, value.entries)]
            return ["object", kind.name, *parts]
        if kind is dict:
            return {self._key(key): self.of(item) for key, item in value.items()}
        if kind in (set, frozenset):
            return kind(self._key(item) for item in value)
        return kind(self.of(item) for item in value)

    def _key(self, key):
        made = self.of(key)
        return made if not isinstance(made, list) else trees.text_of(trees.freeze(made))
