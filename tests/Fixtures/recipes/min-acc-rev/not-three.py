def smallest(numbers, floor):
    top = 0
    for n in numbers:
        top = min(n, top, floor)
    return top
