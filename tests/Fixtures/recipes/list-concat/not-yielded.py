def grown(rows):
    out = []
    for row in rows:
        out = out + [row]
        yield out
