# observed: {"values": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def mean(values):
    return sum(values) / len(values)
