# observed: {"row": {"types": ["tuple"], "minLength": 0, "maxLength": 9, "elementsHashable": true}}
def grown(rows):
    out = ()
    for row in rows:
        out = out + row
    return out
