def doubled(rows):
    out, rest = [], 0
    result = []
    for row in rows:
        if row % 2:
            result = result + [row * 2]
        else:
            result = result + [row, rest]
    return result, len(result)
