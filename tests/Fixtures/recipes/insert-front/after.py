def turned(rows, skipped):
    out = []
    for row in rows:
        if row in skipped:
            continue
        out.append(row * 2)  # newest first
    out.reverse()
    return out
