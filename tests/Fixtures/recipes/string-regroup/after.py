def listed(words):
    out = "words: "
    for word in words:
        out += word + ", "
    return out
