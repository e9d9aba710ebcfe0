def reachable(graph, start):
    """Breadth first."""
    from collections import deque
    queue = deque([start])
    seen = {start}
    while queue:
        node = queue.popleft()
        for other in graph[node]:
            if other not in seen:
                seen.add(other)
                queue.append(other)
    return seen
