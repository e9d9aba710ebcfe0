# observed: {"values": {"types": ["list"], "minLength": 1, "maxLength": 3, "elementsHashable": true}}
def shares(values):
    return [v / sum(values) for v in values]
