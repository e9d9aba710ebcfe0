# observed: {"allowed": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def admitted(requests, allowed, learn):
    for r in requests:
        if r not in allowed:
            learn(allowed, r)
