# observed: {"rows": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def present(rows, wanted):
    found = 0
    for row in rows:
        if row == wanted:
            found += 1
        else:
            found -= 1
    return found
