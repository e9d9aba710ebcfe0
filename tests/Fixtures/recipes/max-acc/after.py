def largest(numbers):
    best = numbers[0]
    for n in numbers:
        best = n if n > best else best  # keep it
    return best
