"""Leaves it to chance where the objects of a version lie.

Both versions of a pair have the same address space, so that the noise of a pair is small. But a line more in a file moves all that is made after it by some
bytes, in the same way in every process, which no number of pairs averages away. (Mytkowicz, Diwan,
Hauswirth, Sweeney: Producing wrong data without doing anything obviously wrong, ASPLOS 2009; Curtsinger, Berger: Stabilizer, ASPLOS 2013.)
"""

from __future__ import annotations

_SMALLEST, _LARGEST, _STEP = 48, 512, 16  # bytes of an object that the interpreter places itself; what is larger lies on the heap
_OF_OBJECT = 33  # bytes that an object of bytes has beside its content
_PAGE = 4_096


def scatter(seed: int) -> list[bytes]:
    """Objects of all sizes, as many of each as the seed says: what is made while they are kept lies elsewhere."""
    kept = []
    for size in range(_SMALLEST, _LARGEST + 1, _STEP):
        seed = _next(seed)
        kept += [bytes(size - _OF_OBJECT) for _ in range(_drawn(seed, _PAGE // size))]
    for _ in range(4):
        seed = _next(seed)
        kept.append(bytes(_LARGEST + _drawn(seed, _PAGE)))
    return kept


def _next(seed: int) -> int:
    """Knuth's linear congruential generator (MMIX): ``random`` would be a module more to import."""
    return (seed * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF


def _drawn(seed: int, below: int) -> int:
    return (seed >> 33) % below
