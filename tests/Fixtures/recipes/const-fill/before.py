def sieve(n):
    flags = [True for _ in range(n)]
    return flags
