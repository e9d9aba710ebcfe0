def first(rows, row):
    rows.insert(0, row)
    return rows
