def find(tables, name):
    for table in tables:
        for column in table.columns:
            if column.table == table:
                return column
    return None
