def ends(rows, more):
    return max(rows), min(more)
