def small():
    return ([i % 10 for i in range(30)],)


def large():
    return ([i % 500 for i in range(1000)],)
