def smallest(items):
    best = 0
    for item in items:
        best = min(best, item.measure())
    return best
