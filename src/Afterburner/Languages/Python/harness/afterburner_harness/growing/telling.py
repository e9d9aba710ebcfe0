"""Which of many ways through a function are worth larger calls: those that take longest, and those that grow most, as a quick one may be quadratic."""

from __future__ import annotations

from collections.abc import Callable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .baseline import Baseline

MOST = 10  # ways that are looked at
_SCALES = (16, 4)


def ways(
        baseline: Baseline, calls: list[dict], wanted: int, growth: Callable[[dict, dict, int], float | None]) -> list[tuple[dict, dict]]:
    """Calls to begin with and what each does. ``growth``: how many times as long one takes at a scale, or None."""
    found = baseline.bases(calls, MOST, alike=wanted)
    if len(found) <= wanted:
        return found

    def growing(way):
        looks = ((scale, growth(*way, scale)) for scale in _SCALES)
        return next((times / scale for scale, times in looks if times is not None), 0)

    slowest = (wanted + 1) // 2
    return [*found[:slowest], *sorted(found[slowest:], key=growing, reverse=True)[:wanted - slowest]]
