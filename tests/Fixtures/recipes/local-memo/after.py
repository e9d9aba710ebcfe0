# observed: {"n": {"types": ["int"], "minLength": null, "maxLength": null, "elementsHashable": null}}
def ways(n):
    """Ways to climb n stairs."""
    # one or two at a time
    known = {}

    def recall(n):
        if n not in known:
            known[n] = compute(n)
        return known[n]

    def compute(n):
        if n < 2:
            return 1
        return recall(n - 1) + recall(n - 2)

    return recall(n)
