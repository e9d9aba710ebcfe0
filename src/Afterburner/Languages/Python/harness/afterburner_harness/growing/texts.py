"""Texts with one long word in them, and texts of a class of their own."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable

from ..calls import attributes

_WORDS = re.compile(r"[^\W\d_]{2,}(?: [^\W\d_]+)*")  # with one blank between them
_SHORTEST = 8


def stretchable(value: object) -> bool:
    """Whether it is a text with words in it that something else parts."""
    return isinstance(value, str) and len(value) > _SHORTEST and not value.isalpha() and _longest_words(value) is not None


def stretched(text: str, times: int, word: Callable[[str], str]) -> str:
    """The text with its longest words so much longer that it is so many times as long: a long name, comment or quotation for a parser."""
    start, end = _longest_words(text).span()
    more = len(text) * (times - 1) // (end - start) + 1
    return text[:end] + "".join(word(text[start:end]) for _ in range(more)) + text[end:]


def _longest_words(text):
    """Those last in it where several are as long."""
    return max(_WORDS.finditer(text), key=lambda words: (len(words.group()), words.start()), default=None)


def remade(value: str, text: str, instead: dict[int, object]) -> str:
    """A text as one of a class of its own, with what that keeps: what of it refers to the old one refers to the new one."""
    if type(value) is str:
        return text
    made = str.__new__(type(value), text)
    for name, held in copy.deepcopy(attributes.of(value), {id(value): made, **instead}).items():
        attributes.put(made, name, held)
    attributes.follow(made, len(value), len(text))
    return made
