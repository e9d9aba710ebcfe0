def steps(rows):
    now = [0]
    first = now
    for row in rows:
        now[0] = row
        now = now + [row]
    return first, now
