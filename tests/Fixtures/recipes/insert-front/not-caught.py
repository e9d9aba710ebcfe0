def turned(rows):
    out = []
    try:
        for row in rows:
            out.insert(0, 1 / row)
    except ZeroDivisionError:
        pass
    return out
