def total(a, b):
    out = 0
    for x, y in zip(a, b):
        out = out + x + y
    return out
