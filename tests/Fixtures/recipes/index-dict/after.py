# observed: {"names": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}

def places(names, wanted):
    out = []
    names_positions = {item: position for position, item in reversed(list(enumerate(names)))}
    for name in wanted:
        if name:
            out.append(names_positions[name] if name in names_positions else names.index(name))
    return out
