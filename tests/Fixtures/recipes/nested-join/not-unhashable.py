# observed: {"a": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": false}, "b": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": false}}
def common(a, b):
    for x in a:
        for y in b:
            if x == y:
                return True
    return False
