def turned(rows, queue):
    out = []
    for row in rows:
        out.insert(0, row)  # here
    while queue:
        out.append(queue.pop(0))  # here
    return out
