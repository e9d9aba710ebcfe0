def readers(paths):
    out = []
    for path in paths:
        out.append(lambda: open(path))
    return out
