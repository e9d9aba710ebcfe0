# observed: {"users": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def may(user, users):
    return user in users
