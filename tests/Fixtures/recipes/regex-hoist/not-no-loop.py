import re


def number(line):
    return re.search(r"(\d+)$", line)
