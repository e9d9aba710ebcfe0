def small():
    return 7, 20, 1009


def large():
    return 7, 5000, 1009
