def small():
    return ([1, 2, 3, 4, 5, 6, 7, 8],)


def large():
    return (list(range(1000)),)
