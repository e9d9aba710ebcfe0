# observed: {"allowed": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def refused(requests, allowed):
    for r in requests:
        if r not in allowed:
            yield r
