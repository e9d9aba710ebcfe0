class Page:
    pass


def small():
    return (Page(), list(range(8)))


def large():
    return (Page(), ["line " * 12] * 8000)
