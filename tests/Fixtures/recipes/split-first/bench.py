def small():
    return ("https://example.org/a/b/c/d",)


def large():
    return ("https://example.org/" + "a/" * 1000,)
