def grown(rows):
    out = []
    for row in rows:
        out = out + (cell for cell in row)
    return out
