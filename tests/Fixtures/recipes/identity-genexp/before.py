def ends(rows, more):
    return max(r for r in rows), min((m) for m in more)
