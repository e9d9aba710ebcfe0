# observed: {"words": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def thin(words):
    for w in list(words):
        if words.count(w) > 1:
            words.remove(w)
