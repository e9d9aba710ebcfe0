def either(a, b):
    return a.startswith("x") or b.startswith("y")
