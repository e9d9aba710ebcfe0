def turned(rows, skipped):
    out = []
    for row in rows:
        if row in skipped:
            continue
        out.insert(0, row * 2)  # newest first
    return out
