def places(names, wanted):
    return [name for name in wanted if name in names]
