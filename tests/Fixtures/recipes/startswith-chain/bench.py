def small():
    return (["a = 1", "# no", "; no", "b = 2"],)


def large():
    return (["a = 1", "# no", "; no", "b = 2"] * 250,)
