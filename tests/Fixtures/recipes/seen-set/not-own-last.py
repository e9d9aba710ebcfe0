# observed: {"seen": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def numbers(rows):
    seen = [0]
    seen = []
    for row in rows:
        if row not in seen:
            seen.append((row, seen[-1:]))
    return seen
