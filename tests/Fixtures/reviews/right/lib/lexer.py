def kind(text):
    """Kind of a token."""
    if all(c in '0123456789' for c in text) and text:
        return 'number'
    if all(c in 'abcdefghijklmnopqrstuvwxyz_' for c in text) and text:
        return 'name'
    return 'sign'


def kinds(line):
    found = {}
    for word in line.split():
        which = kind(word)
        found[which] = found.get(which, 0) + 1
    return found
