# observed: {"n": {"types": ["int"], "minLength": null, "maxLength": null, "elementsHashable": null}}
def ways(n):
    """Ways to climb n stairs."""
    # one or two at a time
    if n < 2:
        return 1
    return ways(n - 1) + ways(n - 2)
