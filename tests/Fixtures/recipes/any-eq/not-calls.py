# observed: {"users": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def may(names, users):
    return any(u == names.pop() for u in users)
