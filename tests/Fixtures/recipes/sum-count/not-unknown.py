def present(names, wanted):
    return sum(1 for name in names if name == wanted)
