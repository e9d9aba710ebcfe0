def read(lines):
    out = []
    try:
        for line in lines:
            out = out + [int(line)]
            out = out + [int(part) for part in line]
    except ValueError:
        return None, out
    return len(lines), out
