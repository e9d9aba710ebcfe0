def numbered(rows, index, store):
    new_rows = []
    for row in rows:
        new_rows.append([next(index)] + list(row))
    rows = new_rows
    store(rows, new_rows)
    tables = []
    for row in rows:
        cells = []
        for cell in row:
            cells.append(cell)
        tables.append(cells)
    return rows, tables
