def squares(values):
    return list(map(lambda v: v * v, values))
