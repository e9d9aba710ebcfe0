# observed: {"names": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def places(names, wanted):
    return [names.index(name, 1) for name in wanted]
