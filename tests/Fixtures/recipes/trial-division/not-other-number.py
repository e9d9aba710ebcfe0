# observed: {"n": {"types": ["int"], "minLength": null, "maxLength": null, "elementsHashable": null}, "m": {"types": ["int"], "minLength": null, "maxLength": null, "elementsHashable": null}}
def divisor(n, m):
    for i in range(2, n):
        if m % i == 0:
            return i
    return None
