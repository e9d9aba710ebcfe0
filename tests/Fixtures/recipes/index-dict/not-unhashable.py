# observed: {"names": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": false}}
def places(names, wanted):
    return [names.index(name) for name in wanted]
