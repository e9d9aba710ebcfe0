# observed: {"seen": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def unique(items):
    seen = []
    remember = seen.append
    for item in items:
        if item in seen:
            return False
        remember(item)
    return True
