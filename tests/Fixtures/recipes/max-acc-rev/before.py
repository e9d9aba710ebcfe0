def largest(numbers):
    top = numbers[0]
    for n in numbers:
        top = max(n, top)
    return top
