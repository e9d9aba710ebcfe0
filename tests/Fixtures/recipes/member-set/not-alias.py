def unique(items):
    seen = []
    remember = seen.append
    for item in items:
        if item in seen:
            return False
        remember(item)
    return True
