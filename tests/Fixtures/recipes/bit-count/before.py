# observed: {"mask": {"types": ["int"], "minLength": null, "maxLength": null, "elementsHashable": null}}
def bits(mask):
    return bin(mask).count("1")
