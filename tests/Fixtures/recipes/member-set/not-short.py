# observed: {"allowed": {"types": ["list"], "minLength": 2, "maxLength": 3, "elementsHashable": true}}
def refused(requests, allowed):
    return [r for r in requests if r not in allowed]
