def fields(line):
    """A dict of 'a=1;b=2': what stands before the last '=' is the name."""
    found = {}
    for part in line.split(';'):
        at = -1
        for k in range(len(part)):
            if part[k] == '=':
                at = k
        if at >= 0:
            found = {**found, part[:at]: part[at + 1:]}
    return found
