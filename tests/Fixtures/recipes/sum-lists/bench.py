def small():
    return ([[i, i + 1] for i in range(10)],)


def large():
    return ([[i, i + 1] for i in range(1000)],)
