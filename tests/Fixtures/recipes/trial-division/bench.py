def small():
    return (13,)


def large():
    return (10007,)
