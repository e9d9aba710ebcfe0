def smallest(numbers):
    best = numbers[0]
    for n in numbers:
        best = min(best, n)  # keep it
    return best
