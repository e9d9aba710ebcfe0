from collections import Counter


# observed: {"words": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def frequencies(words):
    return {w: words.count(w) for w in words}
