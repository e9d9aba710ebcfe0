def steps(tables):
    now = []
    kept = None
    for table in tables:
        for row in table:
            now = now + [row]
        kept = kept or now
    return kept, now
