# observed: {"values": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}

def shares(values, parts):
    out = []
    for part in parts:
        out.append(part / sum(values))
        values.append(part)
    return out
