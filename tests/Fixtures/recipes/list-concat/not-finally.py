def steps(rows):
    now = []
    for row in rows:
        try:
            return now
        finally:
            now = now + [row]
    return now
