# observed: {"row": {"types": ["list", "tuple"], "minLength": 0, "maxLength": 9, "elementsHashable": true}}
def grown(rows):
    out = []
    for row in rows:
        try:
            out = out + row
        except TypeError:
            pass
    return out
