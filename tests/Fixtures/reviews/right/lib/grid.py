def turned(rows):
    """Rows become columns; short rows leave gaps out."""
    rows = [list(row) for row in rows]
    found = []
    while any(rows):
        found.append([row.pop(0) for row in rows if row])
    return found
