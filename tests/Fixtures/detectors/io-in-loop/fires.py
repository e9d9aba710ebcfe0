def sizes(paths, cursor):
    out = []
    for path in paths:
        with open(path) as file:  # here
            out.append(len(file.read()))
        cursor.execute("insert into sizes values (?)", (out[-1],))  # here
    return out
