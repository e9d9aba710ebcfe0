def smallest(best, n):
    best = min(best, n)
    return best
