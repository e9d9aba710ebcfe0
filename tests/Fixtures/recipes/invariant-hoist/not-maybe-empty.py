# observed: {"values": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def shares(values, parts):
    return [p / max(values) for p in parts]
