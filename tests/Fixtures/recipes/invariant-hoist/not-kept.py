# observed: {"values": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def sets(values, parts):
    return [set(values) for p in parts]
