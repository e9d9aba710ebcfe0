# observed: {"item": {"types": ["list", "str"], "minLength": 0, "maxLength": 9, "elementsHashable": true}}
def flat(nested):
    out: list = []
    for item in nested:
        if isinstance(item, list) and item:
            out += item
        elif type(item) is list:
            out += item
        else:
            out.append(item)
    return out
