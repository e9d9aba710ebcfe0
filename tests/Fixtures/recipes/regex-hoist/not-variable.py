import re


def matching(lines, pattern):
    return [line for line in lines if re.search(pattern, line)]
