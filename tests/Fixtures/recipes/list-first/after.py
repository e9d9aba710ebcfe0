# observed: {"table": {"types": ["dict"], "minLength": 2, "maxLength": 9, "elementsHashable": null}, "names": {"types": ["list"], "minLength": 1, "maxLength": 900, "elementsHashable": true}}
def first(table, names):
    column = next(iter(table.keys()))
    return column, next(iter(names))
