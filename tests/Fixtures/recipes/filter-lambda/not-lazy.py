def odd(values):
    return filter(lambda v: v % 2, values)
