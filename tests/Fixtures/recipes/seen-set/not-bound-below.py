# observed: {"seen": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def numbers(rows, known):
    seen = []
    if known:
        seen = known
    for row in rows:
        if row not in seen:
            seen.append(row)
    return seen
