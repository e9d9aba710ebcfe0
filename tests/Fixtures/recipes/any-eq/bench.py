def small():
    return (7, [1, 2, 3, 4, 5, 6, 7, 8])


def large():
    return (999, list(range(1000)))
