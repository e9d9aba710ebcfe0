def sieve(n):
    flags = [True] * n
    return flags
