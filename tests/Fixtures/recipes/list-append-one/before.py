# observed: {"out": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def doubled(numbers):
    out = []
    for n in numbers:
        if n: out += [n * 2]; n = 0
    return out
