# observed: {"words": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def frequency(words, w):
    return words.count(w)
