# observed: {"names": {"types": ["list"], "minLength": 1, "maxLength": 3, "elementsHashable": true}}
def places(names, wanted):
    return [names.index(name) for name in wanted]
