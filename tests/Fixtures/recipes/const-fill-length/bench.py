def small():
    return (8,)


def large():
    return (1000,)
