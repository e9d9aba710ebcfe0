def smallest(numbers):
    top = numbers[0]
    for n in numbers:
        top = min(n, top)
    return top
