def steps(rows):
    out, all_steps = [], []
    now = []
    for row in rows:
        now = now + [row]
        all_steps.append(now)
    return all_steps
