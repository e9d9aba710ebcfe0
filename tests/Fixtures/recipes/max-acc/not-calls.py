def largest(items):
    best = 0
    for item in items:
        best = max(best, item.measure())
    return best
