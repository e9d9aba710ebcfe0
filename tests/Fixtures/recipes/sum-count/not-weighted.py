# observed: {"names": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def present(names, wanted):
    return sum(2 for name in names if name == wanted)
