# observed: {"row": {"types": ["list", "str"], "minLength": 0, "maxLength": 9, "elementsHashable": true}}
def grown(rows):
    out = []
    for row in rows:
        if isinstance(row, list):
            row = iter(row)
            out = out + row
    return out
