# observed: {"names": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def place(names, wanted):
    return names.index(wanted)
