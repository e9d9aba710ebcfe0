from copy import deepcopy


def variant(base, names):
    copy = deepcopy(base)
    for name in names:
        copy[name] = 1
    return copy
