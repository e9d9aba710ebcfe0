def joined(a):
    out = []
    for x in a:
        out = out + x + [1]
    return out
