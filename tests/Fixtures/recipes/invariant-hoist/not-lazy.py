# observed: {"values": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def shares(values):
    return (v / sum(values) for v in values)
