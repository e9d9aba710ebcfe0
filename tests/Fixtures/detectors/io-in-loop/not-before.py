def words(path):
    text = open(path).read()
    out = []
    for word in text.split():
        out.append(word.lower())
    return out
