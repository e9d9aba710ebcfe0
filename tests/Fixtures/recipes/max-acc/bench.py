def small():
    return ([3, 1, 4, 1, 5, 9, 2, 6],)


def large():
    return ([(i * 7919) % 1000 for i in range(1000)],)
