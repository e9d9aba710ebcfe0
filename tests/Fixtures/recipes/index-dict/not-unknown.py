def places(names, wanted):
    return [names.index(name) for name in wanted]
