def first_repeated(items):
    """The first item that comes again later."""
    for i, item in enumerate(items):
        if item in items[i + 1:]:
            return item
    return None
