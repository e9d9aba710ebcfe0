# observed: {"rows": {"types": ["list"], "minLength": 3, "maxLength": 40, "elementsHashable": false}}
def unique(rows):
    seen = []
    for row in rows:
        if row not in seen:
            seen.append(row)
    return seen
