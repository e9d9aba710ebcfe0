def listed(words):
    out = "words: "
    for word in words:
        out = out + word + ", "
    return out
