# observed: {"words": {"types": ["list"], "maxLength": 50, "elementsHashable": true}, "stop": {"types": ["list"], "maxLength": 20, "elementsHashable": true}}
from collections.abc import Sequence


def kept(words: list[int], stop: Sequence[int]) -> list[int]:
    stop_set = set(stop)
    return [word for word in words if word not in stop_set]
