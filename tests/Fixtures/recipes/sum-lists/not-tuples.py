def flat(groups):
    return sum(groups, ())
