def small():
    return (["a 1", "b 22", "c", "d 4"],)


def large():
    return (["a 1", "b 22", "c", "d 4"] * 250,)
