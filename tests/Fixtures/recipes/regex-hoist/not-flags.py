import re


def matching(lines):
    return [line for line in lines if re.search("a", line, re.I)]
