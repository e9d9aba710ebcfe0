def drain(items):
    queue = list(items)
    while queue != []:
        queue.pop(0)
