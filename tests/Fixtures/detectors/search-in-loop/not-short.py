# observed: {"names": {"types": ["list"], "minLength": 3, "maxLength": 4, "elementsHashable": true}}
def places(names, wanted):
    return [name for name in wanted if name in names]
