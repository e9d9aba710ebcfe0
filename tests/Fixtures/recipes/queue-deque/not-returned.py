def rest(items):
    queue = list(items)
    while len(queue) > 3:
        queue.pop(0)
    return queue
