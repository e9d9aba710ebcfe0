# observed: {"base": {"types": ["int"], "minLength": null, "maxLength": null, "elementsHashable": null}, "exponent": {"types": ["int"], "minLength": null, "maxLength": null, "elementsHashable": null}, "modulus": {"types": ["int"], "minLength": null, "maxLength": null, "elementsHashable": null}}
def power(base, exponent, modulus):
    return pow(base, exponent, modulus) + 1
