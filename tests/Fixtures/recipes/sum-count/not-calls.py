# observed: {"names": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def present(names, wanted):
    return sum(1 for name in names if name == wanted())
