# observed: {"n": {"types": ["int"], "minLength": null, "maxLength": null, "elementsHashable": null}}
from functools import lru_cache


@lru_cache
def ways(n):
    return 1 if n < 2 else ways(n - 1) + ways(n - 2)
