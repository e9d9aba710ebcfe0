def head(line):
    return line.split(",")[0:1]
