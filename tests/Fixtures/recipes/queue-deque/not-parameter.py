def drain(queue):
    n = 0
    while queue:
        n += queue.pop(0)
    return n
