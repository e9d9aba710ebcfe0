# observed: {"names": {"types": ["set"], "minLength": 3, "maxLength": 40, "elementsHashable": null}}
def places(names, wanted):
    return [name for name in wanted if name in names]
