def tokens(text):
    out = []
    while text:
        out.append(text[0])
        text = text[1:]  # here
    return out
