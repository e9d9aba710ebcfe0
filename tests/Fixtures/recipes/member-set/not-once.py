# observed: {"allowed": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def ok(request, allowed):
    return request in allowed
