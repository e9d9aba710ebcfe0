def turned(rows):
    out = []
    out.append(1)
    for row in rows:
        out.insert(0, row)
    return out
