def first(names):
    return list(names)[0]
