def refused(requests, allowed):
    return [r for r in requests if r not in allowed]
