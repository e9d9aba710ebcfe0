def shares(values):
    return [v / sum(values) for v in values]
