# observed: {"names": {"types": ["list"], "minLength": 3, "maxLength": 40, "elementsHashable": true}}
def places(names, wanted):
    found = []
    for name in wanted:
        if name in names:  # here
            found.append(names.index(name))  # here
    return found
