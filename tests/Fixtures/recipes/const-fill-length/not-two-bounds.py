def weights(n):
    return [0 for _ in range(1, n + 1)]
