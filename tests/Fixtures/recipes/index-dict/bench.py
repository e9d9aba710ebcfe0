def small():
    names = [f"n{i}" for i in range(10)]
    return names, names[::2]


def large():
    names = [f"n{i}" for i in range(1000)]
    return names, names[::2]
