"""Calls unlike the recorded ones, made of a few of them: each with something else, and with something of another one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..calls import aside, stored
from . import atypical, lacking, plans

_LACKING_BASES = 2
_SECONDS = 5  # to look for ways


def calls(bases: list[dict], known: plans.Known, seed: int, channel: int, in_time: Callable[[], bool], kept: Callable) -> Iterator[dict | None]:
    """``kept``: makes a call of one by a change of its arguments; None where it is not fit."""
    for place, call in enumerate(bases):
        blob, other = call["blob"], bases[place - 1]["blob"]
        for index, way in _found(lambda: atypical.ways(stored.decode(blob), known), channel):
            if in_time() and (place < _LACKING_BASES or way[0] not in lacking.HOW):
                change = lambda arguments: (atypical.made(arguments, way, seed), str(way), None)  # noqa: E731
                yield kept(call, f"{call['id']}a{index}", change, once=True, failing=atypical.failing(way))
        # Arguments of two calls meet: what belongs together in both no longer does.
        for index, way in _found(lambda: atypical.between(stored.decode(blob), stored.decode(other)), channel) if other != blob else ():
            if in_time():
                change = lambda arguments: (atypical.met(arguments, stored.decode(other), way), str(way), None)  # noqa: E731
                yield kept(call, f"{call['id']}m{index}", change, once=True)


def _found(ways, channel):
    ended = aside.run(ways, _SECONDS, channel)
    return enumerate(ended.answer if ended.end == "done" else [])
