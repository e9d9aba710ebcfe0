def small():
    return list(range(20)), {3}


def large():
    return list(range(5000)), {3}
