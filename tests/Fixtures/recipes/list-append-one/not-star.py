# observed: {"out": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def flat(groups):
    out = []
    for g in groups:
        out += [*g]
    return out
