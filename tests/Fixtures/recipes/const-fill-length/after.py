def weights(n):
    return ([0] * (n + 1))[1:]
