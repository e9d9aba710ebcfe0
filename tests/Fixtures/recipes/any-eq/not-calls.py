def may(names, users):
    return any(u == names.pop() for u in users)
