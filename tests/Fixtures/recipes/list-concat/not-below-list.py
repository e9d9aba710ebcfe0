# observed: {"row": {"types": ["list", "shop.Shelf"], "minLength": 0, "maxLength": 9, "elementsHashable": true}}
def grown(rows):
    out = []
    for row in rows:
        if isinstance(row, list):
            out = out + row
    return out
