def odd(values, keep):
    return list(filter(keep, values))
