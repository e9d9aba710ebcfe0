# observed: {"allowed": {"types": ["dict"], "minLength": 3, "maxLength": 300, "elementsHashable": true}}
def refused(requests, allowed):
    return [r for r in requests if r not in allowed]
