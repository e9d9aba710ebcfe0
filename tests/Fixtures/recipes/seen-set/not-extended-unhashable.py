# observed: {"seen": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}, "first": {"types": ["list"], "minLength": 0, "maxLength": 9, "elementsHashable": false}}
def columns(rows, first):
    seen = []
    seen.extend(first)
    for row in rows:
        for name in row:
            if name not in seen:
                seen.append(name)
    return seen
