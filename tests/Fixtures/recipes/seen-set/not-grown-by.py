# observed: {"seen": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def columns(rows, first):
    seen = []
    seen += first
    for row in rows:
        for name in row:
            if name not in seen:
                seen.append(name)
    return seen
