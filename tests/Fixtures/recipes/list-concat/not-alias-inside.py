def steps(rows):
    now, before = [], None
    now = []
    for row in rows:
        now = now + [row]
        before = now
    return before, now
