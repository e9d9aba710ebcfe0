def weights(n):
    return [0 for _ in range(n + 1)][1:]
