def rest(rows, held):
    out = []
    for row in rows:
        match row:
            case {"rest": out}:
                held.append(row)
            case _:
                out = out + [row]
    return out
