# observed: {"names": {"types": ["list"], "minLength": 0, "maxLength": 9, "elementsHashable": true}}
def first(names):
    return list(names)[0]
