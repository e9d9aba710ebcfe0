def largest(numbers, floor):
    top = 0
    for n in numbers:
        top = max(n, top, floor)
    return top
