def union(ranges):
    """Joins ranges that overlap or touch."""
    found = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found = found[:-1] + [(found[-1][0], max(found[-1][1], end))]
        else:
            found = found + [(start, end)]
    return found
