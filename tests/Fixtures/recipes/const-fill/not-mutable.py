def grid(n):
    return [[] for _ in range(n)]
