# observed: {"allowed": {"types": ["list"], "minLength": 3, "maxLength": 40, "elementsHashable": false}}
def refused(requests, allowed):
    return [r for r in requests if r not in allowed]
