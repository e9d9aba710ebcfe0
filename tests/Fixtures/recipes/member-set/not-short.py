# observed: {"allowed": {"types": ["list"], "minLength": 3, "maxLength": 4, "elementsHashable": true}}
def refused(requests, allowed):
    return [r for r in requests if r not in allowed]
