# observed: {"total": {"types": ["numpy.ndarray"], "minLength": 3, "maxLength": 3, "elementsHashable": true}}
def shifted(total, numbers):
    for n in numbers:
        total += [n]
    return total
