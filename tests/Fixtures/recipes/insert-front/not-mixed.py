def turned(rows):
    out = []
    for row in rows:
        out.insert(0, row)
        out.append(row)
    return out
