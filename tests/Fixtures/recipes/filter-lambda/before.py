def odd(values):
    return list(filter(lambda v: v % 2, values))
