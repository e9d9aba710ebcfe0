def vocabulary(words):
    return frozenset(w.lower() for w in words)
