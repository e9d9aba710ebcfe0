def odd(values):
    return [v for v in values if v % 2]
