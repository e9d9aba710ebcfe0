def turned(rows, out):
    for row in rows:
        out.insert(0, row)
    return out
