def small():
    return (["a", "B", "c", "D", "e"],)


def large():
    return ([f"Word{i}" for i in range(1000)],)
