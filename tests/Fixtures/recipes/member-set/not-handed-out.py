# observed: {"rows": {"types": ["list"], "minLength": 0, "maxLength": 1200, "elementsHashable": false}, "lines": {"types": ["list"], "minLength": 0, "maxLength": 200, "elementsHashable": true}}
def without_lines(rows, watch):
    lines = [i for i, row in enumerate(rows) if row == "---"]
    state = (rows, lines)
    return [row for i, row in enumerate(rows) if watch(state) and i not in lines]
