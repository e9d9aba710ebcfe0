def pairs(items):
    queue = list(items)
    out = []
    while queue:
        out.append(queue[:2])
        queue.pop(0)
    return out
