# observed: {"names": {"types": ["generator"], "minLength": null, "maxLength": null, "elementsHashable": null}}
def first(names):
    return list(names)[0]
