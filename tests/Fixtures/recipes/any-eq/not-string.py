# observed: {"text": {"types": ["str"], "minLength": 3, "maxLength": 30, "elementsHashable": true}}
def has(text, part):
    return any(c == part for c in text)
