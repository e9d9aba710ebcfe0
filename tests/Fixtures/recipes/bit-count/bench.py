def small():
    return (13,)


def large():
    return ((1 << 2000) - 1,)
