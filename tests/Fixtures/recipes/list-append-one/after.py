def doubled(numbers):
    out = []
    for n in numbers:
        if n: out.append(n * 2); n = 0
    return out
