# observed: {"names": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}

def places(names, wanted):
    out = []
    for name in wanted:
        out.append(names.index(name))
        names.append(name)
    return out
