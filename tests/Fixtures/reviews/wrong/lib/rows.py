def filled(rows, defaults):
    """Each row with the defaults for what it lacks, in dicts of its own."""
    found = []
    for row in rows:
        whole = {}
        for key in sorted(defaults):
            whole[key] = defaults[key]
        for key in sorted(row):
            whole[key] = row[key]
        found = found + [whole]
    return found
