def unique(names):
    seen = []
    for name in names:
        if name not in seen:
            seen.append(name)
    return seen
