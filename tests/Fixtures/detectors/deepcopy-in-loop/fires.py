from copy import deepcopy


def variants(base, names):
    out = []
    for name in names:
        copy = deepcopy(base)  # here
        copy["name"] = name
        out.append(copy)
    return out
