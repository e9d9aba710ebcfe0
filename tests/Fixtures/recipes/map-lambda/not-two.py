def products(a, b):
    return list(map(lambda x, y: x * y, a, b))
