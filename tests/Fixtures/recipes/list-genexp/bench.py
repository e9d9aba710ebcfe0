def small():
    return (["a", "B", "c"],)


def large():
    return (["Abc"] * 1000,)
