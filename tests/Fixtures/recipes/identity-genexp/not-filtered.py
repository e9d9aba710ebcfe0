def ends(rows):
    return max(r for r in rows if r)
