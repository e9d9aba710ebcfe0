def flat(groups, chain):
    return chain(sum(groups, []))
