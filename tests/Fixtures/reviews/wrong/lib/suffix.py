def stems(names):
    """File names without '.txt' at their end."""
    found = []
    for name in names:
        stem = name
        for length in range(len(name) + 1):
            if name[length:] == '.txt':
                stem = name[:length]
        found = found + [stem]
    return found
