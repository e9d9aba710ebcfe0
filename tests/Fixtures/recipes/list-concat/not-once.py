def grown(row):
    out = []
    out = out + [row]
    return out
