def sieve(n):
    flags = [True for _ in range(n)]
    weights = [0 for _ in range(n + 1)][1:]
    return flags, weights
