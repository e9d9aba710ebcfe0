# observed: {"allowed": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}, "requests": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def refused(requests, allowed):
    # order matters to the caller
    out = []
    for r in requests:
        if r not in allowed:  # common case
            out.append(r)
    return out, [r for r in requests if r in allowed]
