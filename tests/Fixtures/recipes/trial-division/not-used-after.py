# observed: {"n": {"types": ["int"], "minLength": null, "maxLength": null, "elementsHashable": null}}
def divisor(n):
    for i in range(2, n):
        if n % i == 0:
            break
    return i
