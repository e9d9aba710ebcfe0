def grown(rows, more):
    out = []
    for row in rows:
        out = out + more
    return out
