# observed: {"mask": {"types": ["int"], "minLength": null, "maxLength": null, "elementsHashable": null}}
def zeros(mask):
    return bin(mask).count("0")
