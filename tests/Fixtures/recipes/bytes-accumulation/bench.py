def small():
    return ([b"abcdef"] * 8, 1 << 30)


def large():
    return ([b"abcdefghijkl" * 8] * 2000, 1 << 30)
