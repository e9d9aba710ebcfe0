import re


def matching(lines, word):
    pattern = re.compile(rf"\b{word}\b")
    return [line for line in lines if pattern.search(line)]
