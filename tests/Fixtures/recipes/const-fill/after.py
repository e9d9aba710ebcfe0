def sieve(n):
    flags = [True] * (n)
    weights = ([0] * (n + 1))[1:]
    return flags, weights
