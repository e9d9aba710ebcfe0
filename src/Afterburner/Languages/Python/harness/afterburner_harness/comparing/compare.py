"""Where two trees differ, in words. Fails closed: a tree of unknown make is only equal to itself."""

from __future__ import annotations

import base64
import math

_CHILDREN = ("state", "attributes", "args", "items", "entries", "to", "cells", "defaults", "end", "returned", "of", "factory")
_SCALARS = frozenset((type(None), bool, int, str))
_SEQUENCES = ("list", "tuple", "iterator", "dict_keys", "dict_values", "dict_items")


TOLERANCE = 1e-12  # where the request says nothing else


class Difference:
    """The first difference found. ``order_only``: the same entries of a dict, met in another order."""

    def __init__(self, where: str, text: str, order_only: bool = False):
        self.text = f"{where}: {text}"
        self.order_only = order_only


def compare(first: object, second: object, where: str = "value", tolerance: float = TOLERANCE) -> Difference | None:
    """None when a user could not tell the values apart; else the first difference.

    NaN equals NaN, and 0.0 is not -0.0. Floats may differ by ``tolerance``, relative to the larger of them, or below 1 to the
    largest of the whole value: what is left over where 0.1 and 0.2 and -0.3 are added is nothing beside them, and 1e-19 alone
    is not 0. An int is not a float and a bool is not an int. The order of a dict is compared last, because it matters to who
    iterates only.
    """
    found = _Comparison(tolerance, first)
    difference = found.compare(first, second, where)
    return difference or found.order


def _floats(tree):
    found, left = [], [tree]
    while left:
        node = left.pop()
        if isinstance(node, float):
            if math.isfinite(node):
                found.append(node)
        elif isinstance(node, dict):
            left.extend(node.values())
        elif isinstance(node, list):
            left.extend(node)
    return found


def show(tree: object, limit: int = 60) -> str:
    """A tree as a person would write the value."""
    text = _show(tree, 0)
    return text if len(text) <= limit else text[: limit - 1] + "…"


class _Comparison:
    def __init__(self, tolerance, whole):
        self._tolerance = tolerance
        self._whole = whole
        self._unit = None
        self.order = None

    def compare(self, a, b, where):
        if type(a) is not type(b):
            return Difference(where, f"{show(a)} ({kind_of(a)}) != {show(b)} ({kind_of(b)})")
        if isinstance(a, float):
            return None if self._close(a, b) else Difference(where, f"{a!r} != {b!r}")
        if not isinstance(a, (list, dict)):
            return None if a == b else _scalar_difference(a, b, where)
        return self._lists(a, b, where) if isinstance(a, list) else self._nodes(a, b, where)

    def _close(self, a, b):
        if math.isnan(a) or math.isnan(b):
            return math.isnan(a) and math.isnan(b)
        if a == b or math.isinf(a) or math.isinf(b):
            return a == b and (a != 0 or math.copysign(1, a) == math.copysign(1, b))
        off, larger = abs(a - b), max(abs(a), abs(b))
        return off <= self._tolerance * larger or (off <= self._tolerance and off <= self._tolerance * self._largest())

    def _largest(self):
        """Of the floats in the whole value, 1 at most."""
        if self._unit is None:
            self._unit = min(1.0, max(map(abs, _floats(self._whole)), default=0.0))
        return self._unit

    def _lists(self, a, b, where):
        if _SCALARS.issuperset(map(type, a)) and a == b and list(map(type, a)) == list(map(type, b)):
            return None
        for index, (x, y) in enumerate(zip(a, b)):
            if x is not y:
                difference = self.compare(x, y, f"{where}[{index}]")
                if difference is not None:
                    return difference
        if len(a) != len(b):
            longer, more = (a, "missing") if len(a) > len(b) else (b, "additional")
            return Difference(where, f"{len(a)} items != {len(b)} items; {more} {show(longer[min(len(a), len(b))])}")
        return None

    def _nodes(self, a, b, where):
        if "same" in a or "same" in b:
            return None if a == b else Difference(where, f"{_sharing(a)} != {_sharing(b)}")
        if kind_of(a) == kind_of(b) and _made(a) != _made(b):
            return Difference(where, f"{kind_of(a)} is a class made inside the call: only equal to one of the same code")
        if kind_of(a) == kind_of(b) and "new" in (a.get("opaque"), b.get("opaque")):
            return Difference(where, f"cannot be compared: a {kind_of(a)} whose content cannot be seen")
        if a.keys() != b.keys() or kind_of(a) != kind_of(b):
            return Difference(where, f"{show(a)} ({kind_of(a)}) != {show(b)} ({kind_of(b)})")
        if "exception" in a and a["message"] != b["message"]:
            return Difference(where, f"message {a['message'][:120]!r} != {b['message'][:120]!r}")
        if "iterator" in a and a["end"] != b["end"] and (isinstance(a["end"], dict) or isinstance(b["end"], dict)):
            return Difference(where, f"{_ended(a)} != {_ended(b)}")
        if "closure" in a and a["code"] != b["code"]:
            return Difference(where, f"{a['closure']} has other code: functions made by the function cannot be compared")
        if a.get("made") != b.get("made"):
            return Difference(where, "what it gives later is made in another way: work after the call cannot be compared")
        for kind in a:
            difference = self._part(kind, a[kind], b[kind], where)
            if difference is not None:
                return difference
        return None

    def _part(self, kind, a, b, where):
        if kind == "dict":
            return self._dicts(a, b, where)
        if kind == "attributes":
            return self._attributes(a, b, where)
        if kind in ("set", "frozenset"):
            return self._sets(a, b, where)
        if kind in ("bytes", "bytearray"):
            return None if a == b else Difference(where, _bytes_difference(kind, base64.b64decode(a), base64.b64decode(b)))
        if kind in ("complex", "message"):
            return self.compare(a, b, where)
        if kind in _SEQUENCES or kind in _CHILDREN or kind == "ordered":
            suffix = {"end": " at its end", "returned": " on return", "args": ".args"}.get(kind, "")
            return self.compare(a, b, where + suffix)
        return None if a == b else Difference(where, f"{show({kind: a})} != {show({kind: b})}")

    def _sets(self, a, b, where):
        if len(a) == len(b) and self._lists(a, b, where) is None:
            return None
        ours, theirs = {_key(x) for x in a}, {_key(x) for x in b}
        text = [f"missing {show(x)}" for x in a if _key(x) not in theirs][:1]
        text += [f"additional {show(x)}" for x in b if _key(x) not in ours][:1]
        return Difference(where, f"set of {len(a)} != set of {len(b)}; " + ", ".join(text))

    def _attributes(self, a, b, where):
        ours, theirs = dict(a), dict(b)
        for name in [*ours, *theirs]:
            if name not in theirs:
                return Difference(where, f"attribute {name!r} missing")
            if name not in ours:
                return Difference(where, f"additional attribute {name!r}")
            difference = self.compare(ours[name], theirs[name], f"{where}.{name}")
            if difference is not None:
                return difference
        return None

    def _dicts(self, a, b, where):
        ours = {_key(k): (k, v) for k, v in a}
        theirs = {_key(k): (k, v) for k, v in b}
        if ours.keys() != theirs.keys() and any(isinstance(k, float) for k, _ in a):
            return self._lists(a, b, where)  # keys a rounding apart: pair the entries by position
        for key, (k, v) in ours.items():
            if key not in theirs:
                return Difference(where, f"key {show(k)} missing")
            difference = self.compare(v, theirs[key][1], f"{where}[{show(k, 30)}]")
            if difference is not None:
                return difference
        for key, (k, _) in theirs.items():
            if key not in ours:
                return Difference(where, f"additional key {show(k)}")
        for position, (mine, other) in enumerate(zip(a, b)):
            if mine[0] != other[0]:
                text = f"keys in another order: {show(mine[0])} != {show(other[0])} at position {position}"
                self.order = self.order or Difference(where, text, order_only=True)
                break
        return None


def _made(tree):
    """The structure of a class that was made inside the call."""
    return tree.get("class") if isinstance(tree.get("class"), dict) else None


def kind_of(tree: object) -> str:
    """The type of a tree's value, as a user names it."""
    if not isinstance(tree, dict):
        return type(tree).__name__ if tree is not None else "None"
    kind = next(iter(tree))
    if kind in ("object", "exception"):
        return tree[kind]
    return tree[kind][0] if kind in ("value", "enum") else kind


def _scalar_difference(a, b, where):
    if not isinstance(a, str) or len(a) + len(b) < 80:
        return Difference(where, f"{a!r} != {b!r}")
    at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    start = max(0, at - 20)
    return Difference(where, f"text differs at {at}: …{a[start:at + 20]!r} != …{b[start:at + 20]!r} ({len(a)} and {len(b)} characters)")


def _bytes_difference(kind, a, b):
    at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return f"{kind} differ at {at}: {a[at:at + 16]!r} != {b[at:at + 16]!r} ({len(a)} and {len(b)} bytes)"


def _ended(tree):
    """How an iterator that was read came to its end."""
    items = f"{len(tree['iterator'])} items"
    return f"{show(tree['end'])} after {items}" if isinstance(tree["end"], dict) else items if tree["end"] is None else f"more than {items}"


def _sharing(tree):
    if "same" not in tree:
        return f"an object of its own ({show(tree, 40)})"
    return "the same object as elsewhere in the arguments or the result"


def _key(tree):
    return (type(tree).__name__, repr(tree))


def _show(tree, depth):
    if not isinstance(tree, dict):
        return repr(tree)[:200]
    if depth > 3:
        return "…"
    kind, content = next(iter(tree.items()))
    inner = [_show(v, depth + 1) for v in content[:6]] if isinstance(content, list) and kind not in ("dict", "ordered") else []
    more = ["…"] if isinstance(content, list) and len(content) > 6 else []
    if kind in ("list", "iterator"):
        return "[" + ", ".join(inner + more) + "]"
    if kind in ("tuple", "frozenset", "set"):
        left, right = "()" if kind == "tuple" else "{}"
        return left + ", ".join(inner + more) + ("," if kind == "tuple" and len(content) == 1 else "") + right
    if kind in ("dict", "ordered"):
        entries = [f"{_show(k, depth + 1)}: {_show(v, depth + 1)}" for k, v in content[:4]] + (["…"] if len(content) > 4 else [])
        return "{" + ", ".join(entries) + "}"
    if kind == "exception":
        return f"{content.rsplit('.', 1)[-1]}({tree['message'][:80]!r})"
    if kind in ("value", "enum"):
        return str(content[-1])
    return f"<{kind} {content}>" if not isinstance(content, (list, dict)) else f"<{kind}>"
