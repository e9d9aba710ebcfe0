# observed: {"base": {"types": ["float"], "minLength": null, "maxLength": null, "elementsHashable": null}, "exponent": {"types": ["int"], "minLength": null, "maxLength": null, "elementsHashable": null}, "modulus": {"types": ["int"], "minLength": null, "maxLength": null, "elementsHashable": null}}
def power(base, exponent, modulus):
    return base ** exponent % modulus
