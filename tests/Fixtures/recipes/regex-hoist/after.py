import re


def numbers(lines):
    found = []
    pattern = re.compile(r"(\d+)$")
    for line in lines:
        m = pattern.search(line)
        if m:
            found.append(m.group(1))
    return found
