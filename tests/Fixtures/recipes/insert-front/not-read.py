def turned(rows):
    out = []
    for row in rows:
        if len(out) < 5:
            out.insert(0, row)
    return out
