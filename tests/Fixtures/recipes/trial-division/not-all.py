# observed: {"n": {"types": ["int"], "minLength": null, "maxLength": null, "elementsHashable": null}}
def divisors(n):
    out = []
    for i in range(2, n):
        if n % i == 0:
            out.append(i)
    return out
