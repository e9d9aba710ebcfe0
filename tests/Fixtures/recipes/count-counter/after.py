from collections import Counter


# observed: {"words": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def frequencies(words):
    words_counts = Counter(words)
    return {w: words_counts[w] for w in words}
