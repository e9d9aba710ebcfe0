def flat(groups):
    """All members."""
    from itertools import chain
    return list(chain.from_iterable(groups))
