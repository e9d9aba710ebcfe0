# observed: {"n": {"types": ["int"], "minLength": null, "maxLength": null, "elementsHashable": null}}

def is_prime(n):
    from math import isqrt
    if n < 2:
        return False
    for i in range(2, isqrt(max(n, 0)) + 1):
        if n % i == 0:
            return False
    return True
