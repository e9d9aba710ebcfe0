def doubled(tuple, values):
    return tuple(v * 2 for v in values)
