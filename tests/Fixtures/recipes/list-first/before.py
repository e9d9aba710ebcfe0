# observed: {"table": {"types": ["dict"], "minLength": 2, "maxLength": 9, "elementsHashable": null}, "names": {"types": ["list"], "minLength": 1, "maxLength": 900, "elementsHashable": true}}
def first(table, names):
    column = list(table.keys())[0]
    return column, list(names)[0]
