def vocabulary(words):
    return {w.lower() for w in words}
