def turned(rows):
    out = []
    for row in rows:
        if row < 0:
            return None
        out.insert(0, row)
    return out
