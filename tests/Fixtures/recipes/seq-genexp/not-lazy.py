def first(values):
    return next(v * 2 for v in values)
