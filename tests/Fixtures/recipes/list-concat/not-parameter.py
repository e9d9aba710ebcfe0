def longer(out, rows):
    for row in rows:
        out = out + [row]
    return out
