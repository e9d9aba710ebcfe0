def unsafe(methods):
    found = []
    for m in methods:
        if m not in ("get", "head", "options", "trace"):
            found.append(m)
    return found
