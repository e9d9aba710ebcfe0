from bisect import bisect_left, bisect_right


def place(sorted_values, value):
    return bisect_left(sorted_values, value)


def rank(values, method='min'):
    """Rank of each value, 1 for the least.

    ``method`` is 'min' or 'max': what equal values get. Compares all with all.
    """
    if method not in ('min', 'max'):
        raise ValueError(method)
    found = []
    for value in values:
        if method == 'min':
            found.append(1 + sum(1 for other in values if other < value))
        else:
            found.append(sum(1 for other in values if other <= value))
    return found
