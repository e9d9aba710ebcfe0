def list(rows):
    return rows


def names(rows):
    return list(r for r in rows if r)
