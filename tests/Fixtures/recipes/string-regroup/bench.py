def small():
    return (["word"] * 8,)


def large():
    return (["some longer word " * 4] * 8000,)
