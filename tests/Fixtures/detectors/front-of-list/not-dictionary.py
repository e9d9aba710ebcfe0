# observed: {"slots": {"types": ["dict"], "minLength": 3, "maxLength": 40, "elementsHashable": null}}
def drained(slots, rows):
    for row in rows:
        slots.pop(0)
    return slots
