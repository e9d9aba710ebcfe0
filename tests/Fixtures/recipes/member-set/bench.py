def small():
    return (list(range(8)), list(range(0, 20, 2)))


def large():
    return (list(range(1000)), list(range(0, 1000, 2)))
