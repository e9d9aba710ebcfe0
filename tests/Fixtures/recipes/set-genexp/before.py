def vocabulary(words):
    return set(w.lower() for w in words)
