def copy(rows):
    return [row for row in rows]
