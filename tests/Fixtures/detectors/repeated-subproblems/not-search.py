def search(values, wanted, low, high):
    if low > high:
        return -1
    middle = (low + high) // 2
    if values[middle] < wanted:
        return search(values, wanted, low + 1, high)
    return search(values, wanted, low, high - 1)
