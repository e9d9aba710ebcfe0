def doubled(rows):
    out, rest = [], 0
    result = []
    for row in rows:
        if row % 2:
            result.append(row * 2)
        else:
            result += [row, rest]
    return result, len(result)
