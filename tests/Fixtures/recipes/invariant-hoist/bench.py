def small():
    return list(range(1, 11)), list(range(0, 20, 2))


def large():
    return list(range(1, 501)), list(range(0, 1000, 2))
