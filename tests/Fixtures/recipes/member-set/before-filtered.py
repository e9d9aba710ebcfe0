# observed: {"rows": {"types": ["list"], "minLength": 0, "maxLength": 12, "elementsHashable": false}, "lines": {"types": ["list"], "minLength": 0, "maxLength": 2, "elementsHashable": true}}
def without_lines(rows):
    lines = [i for i, row in enumerate(rows) if row == "---"]
    kept = [row for i, row in enumerate(rows) if i not in lines]
    return kept, lines
