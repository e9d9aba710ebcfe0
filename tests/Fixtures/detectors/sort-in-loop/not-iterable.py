def ordered(rows):
    out = []
    for row in sorted(rows):
        out.append(row)
    return out
