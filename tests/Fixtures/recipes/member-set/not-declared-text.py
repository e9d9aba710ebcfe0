# observed: {"words": {"types": ["list"], "maxLength": 50, "elementsHashable": true}, "stop": {"types": ["list"], "maxLength": 20, "elementsHashable": true}}
from collections.abc import Iterable


def kept(words: list[str], stop: "Iterable[str] | None" = ()) -> list[str]:
    return [word for word in words if word not in stop]
