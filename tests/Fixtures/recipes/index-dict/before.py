# observed: {"names": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}

def places(names, wanted):
    out = []
    for name in wanted:
        if name:
            out.append(names.index(name))
    return out
