# observed: {"text": {"types": ["str"], "minLength": 3, "maxLength": 300, "elementsHashable": true}}
def frequencies(text):
    return {c: text.count(c) for c in text}
