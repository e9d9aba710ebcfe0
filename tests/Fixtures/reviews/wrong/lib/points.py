def closest(points):
    """Least squared distance of two points."""
    best = None
    for i, (x, y) in enumerate(points):
        for u, v in points[i + 1:]:
            distance = (x - u) ** 2 + (y - v) ** 2
            if best is None or distance < best:
                best = distance
    return best
