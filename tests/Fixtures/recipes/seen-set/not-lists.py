# observed: {"seen": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def unique(names):
    seen = []
    for name in names:
        if [name] not in seen:
            seen.append([name])
    return seen
