def squares(values):
    return list(map(lambda v, n=2: v ** n, values))
