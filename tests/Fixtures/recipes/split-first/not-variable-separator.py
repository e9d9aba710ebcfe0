def head(line, separator):
    return line.split(separator)[0]
