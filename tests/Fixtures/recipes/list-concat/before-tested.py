# observed: {"item": {"types": ["list", "str"], "minLength": 0, "maxLength": 9, "elementsHashable": true}}
def flat(nested):
    out: list = []
    for item in nested:
        if isinstance(item, list) and item:
            out = out + item
        elif type(item) is list:
            out = out + item
        else:
            out = out + [item]
    return out
