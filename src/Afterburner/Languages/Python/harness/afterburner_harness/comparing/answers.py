"""Compares answers that two versions gave, in a process that has loaded nothing of them.

Answers come as bytes, as ``encoders`` writes them. Pickled ones are read symbolically: a class or function that is not one
of Python's own plain values becomes a name, and what it would have been called with becomes data. Nothing is imported or called.
"""

from __future__ import annotations

import base64
import json
import marshal
import pickle
from collections.abc import Callable

from . import compare, kinds, trees

kinds.elsewhere = True

# Made by calling what the name says: constructors of plain values, which run no code of others.
_PLAIN = {
    "builtins": ("set", "frozenset", "bytearray", "complex", "range", "slice", "bytes"),
    "collections": ("OrderedDict", "deque", "Counter"),
    "datetime": ("date", "datetime", "time", "timedelta", "timezone"),
    "decimal": ("Decimal",),
    "fractions": ("Fraction",),
    "uuid": ("UUID",),
}
_BY_LINES = ("line", "language")  # of the function: see "raised by" in ``replay.observe``


def main(request: dict, emit: Callable[[dict], None]) -> None:
    """One message for each pair of ``answers``: {"difference": words, or null where a user could not tell them apart, "orderOnly"}."""
    for pair in request["answers"]:
        sides = (base64.b64decode(pair[side]) for side in ("baseline", "candidate"))
        found = difference(pair["encoder"], *sides, pair.get("tolerance", compare.TOLERANCE), pair.get("made", False))
        emit({"type": "answer", "difference": found and found.text, "orderOnly": bool(found and found.order_only)})
    emit({"type": "done"})


def difference(
        encoder: str, baseline: bytes, candidate: bytes, tolerance: float = compare.TOLERANCE, made: bool = False) -> compare.Difference | None:
    """What ``compare`` finds, or None. What cannot be read is equal to nothing. ``made``: see ``seen_difference``."""
    trees_of = []
    for side, data in (("baseline", baseline), ("candidate", candidate)):
        try:
            trees_of.append(_READERS[encoder](data))
        except Exception as error:
            return compare.Difference("answer", f"that of the {side} cannot be read ({type(error).__name__})")
    if encoder == "seen":
        return seen_difference(*trees_of, tolerance, made)
    return compare.compare(*trees_of, "answer", tolerance)


def seen_difference(first: dict, second: dict, tolerance: float, made: bool = False) -> compare.Difference | None:
    """Where two observations differ: result first, then what happened to the arguments, then what was written.

    ``made``: no test makes this call. Where the language fails in the middle of it, the kind of the error counts; where a line
    raises one, its words as well; and what it leaves in its arguments counts where the other left less: a call that fails is thought to have done nothing.
    """
    (result, arguments), (other_result, other_arguments) = first["parts"]["list"], second["parts"]["list"]
    if first["way"] != second["way"]:
        return compare.Difference("outcome", f"{_words(first['way'], result)} != {_words(second['way'], other_result)}")
    if made and first["raised by"] in _BY_LINES and (more := _left_more(arguments["dict"], other_arguments["dict"])) is not None:
        return compare.Difference(f"argument {more} afterwards", "it holds more than the original leaves in it where it fails")
    if made and first["raised by"] == "language" and _kin(compare.kind_of(result)) == _kin(compare.kind_of(other_result)):
        return None
    found = compare.compare(result, other_result, "return" if first["way"] == "return" else "exception", tolerance)
    order = found if found is not None and found.order_only else None
    if found is not None and order is None or made and first["raised by"] in _BY_LINES:
        return found
    for (name, ours), (_, theirs) in zip(arguments["dict"], other_arguments["dict"]):
        found = compare.compare(ours, theirs, f"argument {name} afterwards", tolerance)
        if found is not None and not found.order_only:
            return found
        order = order or found
    for part in ("printed", "logged", "warned", "effects", "shared"):
        found = compare.compare(first[part], second[part], "values of the module in the answer" if part == "shared" else part, tolerance)
        if found is not None:
            return found
    return order


def _left_more(arguments, others):
    """The name of an argument that holds more afterwards than the original leaves in it."""
    for (name, ours), (_, theirs) in zip(arguments, others):
        for kind in ("list", "dict", "set"):
            if isinstance(ours, dict) and isinstance(theirs, dict) and kind in ours and kind in theirs and len(theirs[kind]) > len(ours[kind]):
                return name
    return None


def _kin(kind):
    """``None.x`` and ``None + 1`` fail for one reason."""
    return "TypeError" if kind == "AttributeError" else kind


def _words(way, tree):
    return f"returned {compare.show(tree)}" if way == "return" else f"raised {compare.show(tree)}"


def _read_pickled(data):
    return trees.freeze(_Plain().of(_Symbols(data).load()))


_READERS = {
    "marshal": lambda data: trees.freeze(marshal.loads(data)),
    "pickle": _read_pickled,
    "tree": json.loads,
    "seen": json.loads,
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
