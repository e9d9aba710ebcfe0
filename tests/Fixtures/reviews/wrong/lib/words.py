def top(words, n):
    """The n most frequent words; those that are equally frequent by the alphabet."""
    counted = []
    for word in words:
        if word not in [w for w, _ in counted]:
            counted.append((word, words.count(word)))
    counted.sort(key=lambda pair: (-pair[1], pair[0]))
    return [word for word, _ in counted[:n]]
