def flat(groups):
    """All members."""
    return sum(groups, [])
