def medians(rows):
    seen, out = [], []
    for row in rows:
        seen.append(row)
        seen.sort()  # here
        out.append(seen[len(seen) // 2])
    return out
