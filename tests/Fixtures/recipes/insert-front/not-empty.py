def turned(rows):
    out = [0]
    for row in rows:
        out.insert(0, row)
    return out
