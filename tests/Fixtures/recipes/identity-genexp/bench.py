def small():
    return [1, 2, 3], [4, 5]


def large():
    return list(range(1000)), list(range(1000))
