def flat(groups):
    out = []
    for g in groups:
        out += [*g]
    return out
