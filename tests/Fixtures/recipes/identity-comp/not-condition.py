def some(rows):
    return [row for row in rows if row]
