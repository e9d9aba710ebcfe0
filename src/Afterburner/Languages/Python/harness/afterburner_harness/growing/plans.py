"""Ways to grow a call: which of its arguments, and how."""

from __future__ import annotations

import ast
import collections
import copy
import io
import re
import types

from ..calls import attributes, making
from ..functions import annotations, definitions
from . import flags, places, texts, traits

ONE_PASS = (types.GeneratorType, type(iter([])), type(iter(())))
STREAMS = (io.StringIO, io.BytesIO)
_IN_ORDER = (list, tuple, collections.deque)
_IN_PLACES = (str, bytes, list, tuple)
_GENERATOR = 0x20  # flag of a code object
MOST = 11  # ways that are tried
_CONTAINERS = (str, bytes, bytearray, list, tuple, dict, set, frozenset, collections.deque, range, *ONE_PASS, *STREAMS)


class Known:
    """What is known of a function's arguments beside the values of one call.

    ``rest``: the parameter of further positional arguments, of which there are seldom many. ``modes``: texts that the function names
    itself, as defaults or to compare with. ``records``: parameters that were tuples of one length in several calls. ``defaults``: of
    parameters that have one. ``compared``: constants that the function compares a parameter with. ``copies``: whether it copies values
    with all that they hold. ``declared``: annotations of parameters. ``asked``: see ``annotations.asked``.
    ``converted``: see ``annotations.converted``. ``gives``: whether it is a generator, which may read what it gives items of as it goes.
    """

    def __init__(
            self, rest: str | None = None, modes: frozenset[str] = frozenset(), records: frozenset[str] = frozenset(),
            defaults: dict[str, object] | None = None, compared: dict[str, tuple] | None = None, declared: dict[str, ast.expr] | None = None,
            copies: bool = False, gives: bool = False, asked: dict[str, list[str]] | None = None,
            converted: frozenset[str] = frozenset()):
        self.rest = rest
        self.modes = modes
        self.records = records
        self.defaults = defaults or {}
        self.compared = compared or {}
        self.declared = declared or {}
        self.copies = copies
        self.gives = gives
        self.asked = asked or {}
        self.converted = converted

    @staticmethod
    def of(
            function: types.FunctionType, calls: list[dict], node: ast.FunctionDef | ast.AsyncFunctionDef | None = None,
            module: ast.Module | None = None) -> Known:
        code = function.__code__
        count = code.co_argcount + code.co_kwonlyargcount
        named = [each for nested in definitions.nested_codes(code) for each in _texts(nested.co_consts)]
        given = function.__defaults__ or ()
        defaults = {**dict(zip(code.co_varnames[code.co_argcount - len(given):code.co_argcount], given)), **(function.__kwdefaults__ or {})}
        lengths = collections.defaultdict(list)
        for call in calls:
            for name, length in re.findall(r"(\w+): tuple\[(\d+)\]", call.get("shape", "")):
                lengths[name].append(length)
        return Known(
            code.co_varnames[count] if code.co_flags & making.VARIADIC else None, frozenset([*named, *_texts(defaults.values())]),
            frozenset(name for name, found in lengths.items() if len(found) > 1 and len(set(found)) == 1), defaults,
            flags.of(node) if node else {}, annotations.of(node, module, function.__globals__) if node else {},
            any("deepcopy" in nested.co_names for nested in definitions.nested_codes(code)), bool(code.co_flags & _GENERATOR),
            annotations.asked(node) if node else {}, annotations.converted(node) if node else frozenset())


NOTHING = Known()


def _texts(values):
    """Texts among values and in tuples and sets of them."""
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, (tuple, frozenset)):
            yield from _texts(value)


def of(arguments: dict, known: Known = NOTHING) -> list[Plan]:
    """Ways to grow a call, most natural first: each is a set of parameter names that grow together."""
    sized = lengths_of(arguments, known)
    groups = {}
    for name, size in sized.items():
        groups.setdefault(size if size > 1 else name, []).append(name)
    found = [Plan(frozenset(sized))] if sized else []
    inner = frozenset(name for name, value in arguments.items() if name in sized and inner_containers(value) or _holds_in_record(value))
    if inner:
        # What has no parts grows with the parts of what has some: the first of several that belong together may stand by itself.
        together = [Plan(inner | sized.keys(), inner=True)] if not inner >= sized.keys() else []
        place = 0 if known.rest in inner else 1
        found[place:place] = [*together, Plan(inner, inner=True)]
        found += [Plan(inner | sized.keys(), inner=True, outer=True)] if inner & sized.keys() else []
    found[1:1] = [Plan(frozenset((name,)), places=True) for name in sized
                   if isinstance(arguments[name], _IN_PLACES) and places.holders(arguments, name)][:1]
    found += [Plan(frozenset(names)) for names in groups.values() if frozenset(names) != frozenset(sized)]
    if any(isinstance(arguments[name], dict) for name in sized):
        found.append(Plan(frozenset(sized), records=True))
    if any(not isinstance(arguments[name], str) for name in sized):
        found.append(Plan(frozenset(sized), bounded=True))
    if any(isinstance(arguments[name], str) and len(arguments[name]) > 8 for name in sized):
        found.append(Plan(frozenset(sized), repeats=True))
    found += [Plan(frozenset((name,)), numbers=True) for name, v in arguments.items() if type(v) is int and v > 1]
    holders = [] if sized else [name for name, value in arguments.items() if held_by(value, known)]
    found += [Plan(frozenset((name,)), attributes=True) for name in holders]
    found += [Plan(frozenset((name,)), attributes=True, repeats=True) for name in holders if not containers_of(arguments[name])]
    # A method may take long for what its object holds, whatever else it is given.
    holding = holders or [name for name, value in list(arguments.items())[:1] if name == "self" and held_by(value, known)]
    found += [Plan(frozenset((name,)), attributes=True) for name in holding if not holders]
    found += [
        Plan(frozenset((name,)), attributes=True, inner=True) for name in holding
        if any(inner_containers(each) for each in containers_of(arguments[name]).values())]
    found += [
        Plan(frozenset((name,)), attributes=True, stretched=True) for name in holding
        if any(map(texts.stretchable, held_by(arguments[name], known).values()))]
    stretched = frozenset(name for name in sized if texts.stretchable(arguments[name]))
    found += [Plan(stretched, stretched=True)] if stretched else []
    # Last, as a whole: what reads its items in turn may need them in their order.
    whole = [Plan(frozenset((name,)), attributes=True, whole=True) for name in holders][:2]
    if any(len(each) > 1 for name in holders[:1] for each in containers_of(arguments[name]).values()):
        whole.append(Plan(frozenset(holders[:1]), attributes=True, whole=True, runs=True))
    ordered = [peek(arguments[name]) for name in sized if isinstance(arguments[name], (*_IN_ORDER, *ONE_PASS))]
    if any(len(items) > 1 for items in ordered):
        whole = [Plan(frozenset(sized), whole=True)]
        if any(len(items) > 2 for items in ordered):
            is_odd = any(len(items) % (traits.period(items) or 1) for items in ordered)
            whole.insert(0 if is_odd else 1, Plan(frozenset(sized), whole=True, joined=True))
        whole.append(Plan(frozenset(sized), whole=True, runs=True))
    return found[:MOST - len(whole)] + whole


def peek(value: object) -> list:
    """Items of a container, of one that is read once too, which still has them; none where that cannot be told."""
    if isinstance(value, types.GeneratorType):  # stored ones are made of an iterator, which is their only local
        value = value.gi_frame.f_locals.get(".0") if value.gi_frame is not None else None
    if isinstance(value, ONE_PASS):
        return [] if isinstance(value, types.GeneratorType) else list(copy.copy(value))
    return list(value.values()) if isinstance(value, dict) else list(value) if isinstance(value, _IN_ORDER) else []


def _holds_in_record(value):
    """Whether it is a record with a container, not a text, in a field."""
    return is_record(value) and any(not isinstance(each, (str, bytes)) for each in inner_containers(value))


def lengths_of(arguments: dict, known: Known = NOTHING) -> dict[str, int]:
    """Lengths of the arguments that can grow, by name."""
    return {
        name: length(value) for name, value in arguments.items()
        if growable(value) and not (isinstance(value, str) and value in known.modes)
        and not (name != known.rest and isinstance(value, tuple) and (name in known.records or is_record(value)))}


def is_record(value: object) -> bool:
    """A tuple with names for its places, or of several types."""
    return isinstance(value, tuple) and (hasattr(value, "_fields") or len({type(item) for item in value}) > 1)


def is_row(value: object) -> bool:
    """A list that stands for a record where it is an item: a few values of several types."""
    if type(value) is not list or len(value) > traits.RECORD_FIELDS:
        return False
    return len({float if type(item) in (bool, int, float) else type(item) for item in value}) > 1


def inner_containers(value: object) -> list:
    """What in a container, or in the fields of records in it, is one itself and can grow: texts only where there is nothing else."""
    found = [
        item for item in peek(value)
        if growable(item) and not is_record(item) and not is_row(item) and not isinstance(item, (*ONE_PASS, *STREAMS))]
    found += [
        field for item in peek(value) if is_record(item) for field in item
        if growable(field) and not is_record(field) and not isinstance(field, (str, bytes, *ONE_PASS, *STREAMS))]
    return [item for item in found if not isinstance(item, (str, bytes))] or found


class Plan:
    """Which parameters grow, and how.

    ``inner``: the containers in them; with ``outer``, their number too. ``whole``: the items again and again in their order; ``joined``:
    so that they go on as they alternate; ``runs``: each in a row by itself. ``places``: numbers elsewhere that are places in it move with it.
    ``stretched``: as many words in a text, of which one is long.
    """

    def __init__(
            self, names: frozenset[str], records: bool = False, numbers: bool = False, attributes: bool = False, repeats: bool = False,
            bounded: bool = False, inner: bool = False, whole: bool = False,
            outer: bool = False, joined: bool = False, runs: bool = False, places: bool = False, stretched: bool = False):
        self.names = names
        self.whole = whole
        self.joined = joined
        self.runs = runs
        self.places = places
        self.stretched = stretched
        self.inner = inner
        self.outer = outer
        self.repeats = repeats
        self.bounded = bounded
        self.records = records
        self.numbers = numbers
        self.attributes = attributes

    def __repr__(self):
        kinds = [k for k in ("records", "numbers", "attributes", "repeats", "bounded", "inner", "outer", "whole", "joined", "runs", "places", "stretched")
                 if getattr(self, k)]
        return "+".join(sorted(self.names)) + (f" ({', '.join(kinds)})" if kinds else "")


def growable(value: object) -> bool:
    """A text of one or two characters is a separator or a mode, not content."""
    return isinstance(value, _CONTAINERS) and length(value) > (2 if isinstance(value, (str, bytes)) else 0)


def length(value: object) -> int:
    """How much there is of a value: 1 of what can be read once only, 0 of what has no length."""
    if isinstance(value, ONE_PASS):
        return 1
    if isinstance(value, STREAMS):
        return len(value.getvalue())
    return len(value) if hasattr(type(value), "__len__") else 0


def containers_of(value: object) -> dict:
    """Attributes of an object that can grow, by name."""
    return {k: v for k, v in attributes.of(value).items() if isinstance(v, (list, dict, set, collections.deque)) and len(v) > 0}


def held_by(value: object, known: Known = NOTHING) -> dict:
    """Attributes of an object that are made larger: its containers, or, where it has none, the longest of its texts."""
    found = containers_of(value)
    if found:
        return found
    held = {k: v for k, v in attributes.of(value).items() if (isinstance(v, str) or type(v) is bytes) and growable(v) and v not in known.modes}
    return dict([max(held.items(), key=lambda item: len(item[1]))]) if held else {}
