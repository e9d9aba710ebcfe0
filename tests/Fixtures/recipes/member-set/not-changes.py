# observed: {"allowed": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def admitted(requests, allowed):
    n = 0
    for r in requests:
        if r not in allowed:
            allowed.append(r)
            n += 1
    return n
