def largest(numbers):
    best = numbers[0]
    for n in numbers:
        best = max(best, n)  # keep it
    return best
