def newest_first(versions):
    """Versions such as 1.4.2, the newest first."""
    left = list(versions)
    found = []
    while left:
        best = left[0]
        for version in left:
            if tuple(int(p) for p in version.split('.')) > tuple(int(p) for p in best.split('.')):
                best = version
        left.remove(best)
        found.append(best)
    return found
