# observed: {"values": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}, "known": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}

def shares(values, known):
    out = []
    for value in values:
        out.append(value / sum(values) - value / max(values))
    return out, [v for v in values if v in set(known)]
