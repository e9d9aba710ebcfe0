def pieces(text, size):
    """The text in pieces of ``size`` characters; the last one may be shorter."""
    if size < 1:
        raise ValueError('size')
    while text:
        yield text[:size]
        text = text[size:]


def windows(items, size):
    """Every run of ``size`` neighbours."""
    held = []
    for item in items:
        held.append(item)
        if len(held) > size:
            held.pop(0)
        if len(held) == size:
            yield tuple(held)
