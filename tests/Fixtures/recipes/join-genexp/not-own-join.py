def line(join, values):
    return join(str(v) for v in values)
