def flat(value, prefix=''):
    """A nested dict as one dict with keys such as a.b."""
    found = {}
    for key in value:
        name = prefix + '.' + key if prefix else key
        if isinstance(value[key], dict):
            inner = flat(value[key], name)
            found = {**found, **inner}
        else:
            found = {**found, name: value[key]}
    return found
