# observed: {"values": {"types": ["generator"], "minLength": null, "maxLength": null, "elementsHashable": null}}
def shares(values, parts):
    return [p / sum(values) for p in parts]
