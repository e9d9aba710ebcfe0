# observed: {"mask": {"types": ["int"], "minLength": null, "maxLength": null, "elementsHashable": null}}
def bits(mask):
    return mask.bit_count()
