# observed: {"text": {"types": ["str"], "minLength": 0, "maxLength": 40, "elementsHashable": null}, "table": {"types": ["dict"], "minLength": 0, "maxLength": 40, "elementsHashable": null}}
def merged(rows):
    text, table = "", {}
    for row in rows:
        text = str(row) + text  # here
        table = {**table, row: text}  # here
    return text, table
