# observed: {"seen": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def window(names):
    seen = []
    for name in names:
        if name not in seen:
            seen.append(name)
        if len(seen) > 5:
            seen.pop()
    return seen
