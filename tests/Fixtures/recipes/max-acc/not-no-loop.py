def largest(best, n):
    best = max(best, n)
    return best
