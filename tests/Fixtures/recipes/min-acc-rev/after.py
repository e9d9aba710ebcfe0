def smallest(numbers):
    top = numbers[0]
    for n in numbers:
        top = top if top < n else n
    return top
