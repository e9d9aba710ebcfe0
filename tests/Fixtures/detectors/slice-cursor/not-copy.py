def tails(text):
    out = []
    for start in range(len(text)):
        tail = text[start:]
        out.append(tail)
    return out
