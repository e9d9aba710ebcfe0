def listed(words):
    out = ""
    for word in words:
        out = word + out + ", "
    return out
