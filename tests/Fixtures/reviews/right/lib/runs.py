class Row:
    def __init__(self, key, amount):
        self.key = key
        self.amount = amount


def totals(rows):
    """Sum of the amounts of each key, in order of the first one."""
    keys, sums = [], []
    for row in rows:
        if row.key in keys:
            sums[keys.index(row.key)] += row.amount
        else:
            keys.append(row.key)
            sums.append(row.amount)
    return list(zip(keys, sums))
