def names(rows):
    return list(r.lower() for r in rows if r)
