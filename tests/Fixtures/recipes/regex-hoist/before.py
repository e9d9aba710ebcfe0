import re


def numbers(lines):
    found = []
    for line in lines:
        m = re.search(r"(\d+)$", line)
        if m:
            found.append(m.group(1))
    return found
