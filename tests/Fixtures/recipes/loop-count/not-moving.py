# observed: {"rows": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def present(rows):
    found = 0
    for row in rows:
        if row == found:
            found += 1
    return found
