# observed: {"names": {"types": ["list"], "minLength": 3, "maxLength": 40, "elementsHashable": true}}
def place(names, wanted):
    return names.index(wanted)
