def second(line):
    return line.split(",")[1]
