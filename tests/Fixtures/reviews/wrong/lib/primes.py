def primes(numbers):
    """Those of the numbers that are prime."""
    found = []
    for number in numbers:
        if number > 1 and all(number % d for d in range(2, number)):
            found.append(number)
    return found
