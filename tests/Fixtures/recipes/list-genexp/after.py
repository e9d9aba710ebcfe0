def names(rows):
    return [r.lower() for r in rows if r]
