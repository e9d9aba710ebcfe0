def small():
    return (list(range(10)),)


def large():
    return (list(range(1000)),)
