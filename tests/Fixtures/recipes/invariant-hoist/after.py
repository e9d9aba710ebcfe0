# observed: {"values": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}, "known": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}

def shares(values, known):
    out = []
    values_sum = sum(values)
    values_max = max(values, default=None)
    for value in values:
        out.append(value / values_sum - value / values_max)
    known_set = set(known)
    return out, [v for v in values if v in known_set]
