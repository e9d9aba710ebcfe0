def small():
    return (None, [1, 2, 3, 4, 5, 6, 7, 8, 1, 2])


def large():
    return (None, list(range(1000)))
