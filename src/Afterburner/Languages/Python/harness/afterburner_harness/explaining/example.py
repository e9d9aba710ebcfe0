"""One recorded call and what came of it, as a person would write them."""

from __future__ import annotations

import re
import types

from ..calls import making, stored
from ..calls.replay import outcome
from ..comparing.iterators import Drained

LONGEST = 300  # characters of one value
_DEEPEST = 3
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]{6,16}\b")  # another one in every process


def made(function: types.FunctionType, name: str, blob: str) -> dict:
    """Makes the call. Values may be of classes under review, so this is for a child that can be ended."""
    arguments = stored.decode(blob)
    before = {key: written(value) for key, value in arguments.items()}
    making.steady()
    way, value = outcome(function, arguments)
    said = f"{name}({', '.join(f'{key}={text}' for key, text in before.items())})"
    after = {key: written(value) for key, value in arguments.items()}
    changed = [f"{key} = {text}" for key, text in after.items() if text != before[key]]
    if isinstance(value, Drained):
        end = f", then raises {type(value.error).__name__}" if value.error is not None else "" if value.complete else ", and goes on"
        return {"raised": value.error is not None, "call": said, "answer": f"yields {written(value.items)}{end}", "changed": changed}
    if way == "raise":
        return {"raised": True, "call": said, "answer": "raises " + plain(f"{type(value).__name__}: {value}"), "changed": changed}
    return {"raised": False, "call": said, "answer": f"returns {written(value)}", "changed": changed}


def written(value: object, depth: int = _DEEPEST) -> str:
    """A value as text; an object that has no words of its own by its attributes."""
    kind = type(value)
    if kind.__repr__ is object.__repr__ and type(getattr(value, "__dict__", None)) is dict and depth:
        return cut(f"{kind.__name__}({', '.join(f'{key}={written(each, depth - 1)}' for key, each in vars(value).items())})")
    if kind in (list, tuple) and depth and len(value) <= LONGEST and any(type(each).__repr__ is object.__repr__ for each in value):
        inside = ", ".join(written(each, depth - 1) for each in value)
        return cut(f"[{inside}]" if kind is list else f"({inside}{',' if len(value) == 1 else ''})")
    return plain(repr(value))


def plain(text: str) -> str:
    return cut(_ADDRESS.sub("", text))


def cut(text: str) -> str:
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}[... {len(text)} characters]"
