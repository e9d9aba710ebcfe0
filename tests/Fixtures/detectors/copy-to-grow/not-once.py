# observed: {"rows": {"types": ["list"], "minLength": 3, "maxLength": 40, "elementsHashable": true}}
def longer(rows, more):
    rows = rows + more
    return rows
