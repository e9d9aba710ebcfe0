# observed: {"names": {"types": ["str"], "minLength": 0, "maxLength": 500, "elementsHashable": null}}
def places(names, wanted):
    return [names.index(name) for name in wanted]
