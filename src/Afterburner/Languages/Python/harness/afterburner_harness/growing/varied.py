"""Calls unlike the recorded ones: on values that a candidate names, and without what the recorded ones happen to have.

Everything that touches arguments happens in forked children: changing them may run the repository's own classes.
"""

from __future__ import annotations

from ..calls import aside, stored
from . import atypical, boundaries, declared, edges, lacking, meeting
from .baseline import kind_of
from .work import Work

BASES, BOUNDARY_BASES, LACKING_BASES, DECLARED_BASES = 4, 2, 2, 16  # calls of which others are made
BOUNDARY_SECONDS, BOUNDARY_GROUP = 4.0, 1.0  # of a call on a value that a candidate names, and CPU seconds of some together
TOGETHER = 12  # calls that are made in one process


class Varying(Work):
    """Makes them."""

    def run(self) -> list[dict]:
        return self._unlike_recorded() if self._request.get("atypical") else self._at_boundaries()

    def _at_boundaries(self):
        """Calls on the values that a candidate names, and with others for what it no longer reads."""
        found, constants, unread = [], self._request["constants"], self._request["unread"]
        bases, tried = self._baseline.bases(self._request["calls"], BOUNDARY_BASES, alike=0, timed=False), {}
        self._baseline.patient(BOUNDARY_SECONDS)
        for call, seen in bases:
            ended = aside.run(lambda: boundaries.ways(stored.decode(call["blob"]), constants, unread, self._known), 5, self._channel)
            ways = ended.answer if ended.end == "done" else []
            for start in range(0, len(ways), TOGETHER):
                group = [(f"{call['id']}b{index}", way) for index, way in enumerate(ways)][start:start + TOGETHER]
                for way, made, late in self._met(call, seen, group):
                    found.append(made)
                    words = boundaries.words(way)
                    tried[words] = tried.get(words, True) and late
        self.untried = [words for words, late in tried.items() if late]
        return [call for call in found if call is not None]

    def _met(self, call, seen, group):
        """Each way of a group with the call that is made so, or None where it is not fit, and whether there was no time for it."""
        def change(way):
            return lambda arguments: (boundaries.made(arguments, way, self._seed), str(way), None)

        together = None
        if not self._allowance.is_spent and len(group) > 1:
            together = self._baseline.keep_each(call, seen["digest"], [(name, change(way), False) for name, way in group], BOUNDARY_GROUP)
        for (name, way), made in zip(group, together or [None] * len(group)):
            in_time = made is not None or not self._allowance.is_spent
            alone = made is None and in_time  # why one is not fit counts: what takes too long, or is too large, was not tried
            made = self._baseline.keep(call, name, change(way), once=True) if alone else made
            yield way, made, made is None and (not in_time or self._baseline.late)

    def _unlike_recorded(self):
        """Calls without what the recorded ones happen to have."""
        bases, found, left = self._baseline.bases(self._request["calls"], BASES, slowest=False, timed=False), [], LACKING_BASES
        for place, (call, seen) in enumerate(bases):
            unlike = self._unlike(call, seen, left > 0)
            left -= bool(unlike)  # of a call that holds nothing there are none
            found += [*unlike, *self._between(call, seen, bases[place - 1][0])]
        others = self._known.declared or self._known.asked or any(each["plan"].startswith(lacking.CUT) for each in found)
        for call in self._of_other_kinds([call for call, _ in bases]) if others else ():
            found += self._ways(
                f"{call['id']}d", call, None, lambda arguments: declared.ways(arguments, self._known) + lacking.cut(arguments, self._known),
                lambda arguments, way: atypical.made(arguments, way, self._seed, self._known), atypical.failing)
        return found

    def _of_other_kinds(self, told):
        """Calls of other makes and ways than those told, one of each: what a parameter declares, and where a text ends, may matter in any branch."""
        kinds, found = {kind_of(call) for call in told}, []
        for call in self._request["calls"]:
            if kind_of(call) not in kinds:
                kinds.add(kind_of(call))
                found.append(call)
        return found[:DECLARED_BASES]

    def _unlike(self, call, seen, all_of_it):
        def ways(arguments):
            found = _as_far_as_it_goes(atypical.ways, arguments, self._known)
            if not all_of_it:
                return [way for way in found if way[0] == lacking.CUT or way[0] not in lacking.HOW]
            return [*found, *_as_far_as_it_goes(meeting.ways, arguments, self._known), *_as_far_as_it_goes(edges.ways, arguments, self._known)]

        return self._ways(f"{call['id']}a", call, seen, ways, lambda arguments, way: atypical.made(arguments, way, self._seed, self._known), atypical.failing)

    def _between(self, call, seen, other):
        """Arguments of two calls meet: what belongs together in both no longer does."""
        return self._ways(
            f"{call['id']}m", call, seen, lambda arguments: atypical.between(arguments, stored.decode(other["blob"])),
            lambda arguments, way: atypical.met(arguments, stored.decode(other["blob"]), way)) if call is not other else []

    def _ways(self, name, call, seen, ways, make, failing=lambda way: False):
        """Calls made of one in each way, as far as there is time; ``seen``: what the baseline does on it; ``failing``: see ``Baseline.keep``."""
        def told():
            return [(edges.kind(way), failing(way), declared.is_read_once(way)) for way in ways(stored.decode(call["blob"]))]

        def change(index):
            def changed(arguments):
                way = ways(arguments)[index]  # found anew: what it puts somewhere may be any value
                return make(arguments, way), f"{way[0]} {way[1]}", None

            return f"{name}{index}", changed

        ended, found, late = aside.run(told, 5, self._channel), [], set()
        wanted = [(index, *of) for index, of in enumerate(ended.answer if ended.end == "done" else [])]
        for group in _groups(wanted):
            if self._allowance.is_spent:
                break
            changes = [(*change(index), fails) for index, _, fails, _ in group]
            made = self._baseline.keep_each(call, seen["digest"], changes) if seen and len(group) > 1 else None
            if made is not None:
                found += made
                continue
            for (index, kind, fails, alike), (_, changed, _) in zip(group, changes):
                if not self._allowance.is_spent and kind not in late:
                    found.append(self._baseline.keep(call, f"{name}{index}", changed, once=True, quick=True, failing=fails, alike=alike))
                    late.update([kind] if kind and self._baseline.late else ())  # numbers that decide how long it takes
        return [each for each in found if each is not None]


def _groups(wanted):
    """Ways that are tried together: those of which no call has to answer as another one does."""
    plain = [way for way in wanted if not way[3]]
    return [*(plain[start:start + TOGETHER] for start in range(0, len(plain), TOGETHER)), *([way] for way in wanted if way[3])]


def _as_far_as_it_goes(ways, arguments, known):
    """What can be done with the arguments; values whose own comparisons fail do not take away what others find."""
    try:
        return ways(arguments, known)
    except Exception:
        return []
