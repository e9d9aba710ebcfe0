# observed: {"names": {"types": ["str"], "minLength": 0, "maxLength": 500, "elementsHashable": null}}
def present(names, wanted):
    return sum(1 for name in names if name == wanted)
