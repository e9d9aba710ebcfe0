def merge(*queues):
    """Merges sorted lists into one sorted list."""
    queues = [list(queue) for queue in queues if queue]
    merged = []
    while queues:
        least = min(queues, key=lambda queue: queue[0])
        merged.append(least.pop(0))
        queues = [queue for queue in queues if queue]
    return merged
