def min(a, b):
    return a


def smallest(numbers):
    best = 0
    for n in numbers:
        best = min(best, n)
    return best
