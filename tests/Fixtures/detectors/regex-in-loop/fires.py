import re


def matching(lines, words):
    out = []
    for word in words:
        pattern = re.compile(rf"\b{word}\b")  # here
        out.append([line for line in lines if pattern.search(line)])
    return out
