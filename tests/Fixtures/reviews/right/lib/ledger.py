def balances(entries):
    """(name, balance) for every name of the entries (name, day, amount), by name."""
    names = []
    for name, day, amount in entries:
        if name not in names:
            names.append(name)
    found = []
    for name in sorted(names):
        total = 0
        for other, day, amount in entries:
            if other == name:
                total += amount
        found.append((name, total))
    return found
