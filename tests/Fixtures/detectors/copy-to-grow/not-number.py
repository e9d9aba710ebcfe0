# observed: {"total": {"types": ["int"], "minLength": null, "maxLength": null, "elementsHashable": null}}
def total(rows):
    total = 0
    for row in rows:
        total = total + row
    return total
