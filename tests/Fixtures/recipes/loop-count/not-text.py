# observed: {"rows": {"types": ["str"], "minLength": 0, "maxLength": 500, "elementsHashable": null}}
def present(rows, wanted):
    found = 0
    for row in rows:
        if row == wanted:
            found += 1
    return found
