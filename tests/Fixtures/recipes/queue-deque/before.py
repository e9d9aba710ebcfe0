def reachable(graph, start):
    """Breadth first."""
    queue = [start]
    seen = {start}
    while queue:
        node = queue.pop(0)
        for other in graph[node]:
            if other not in seen:
                seen.add(other)
                queue.append(other)
    return seen
