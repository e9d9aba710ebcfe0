# observed: {"names": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}, "marks": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def present(names, marks, wanted):
    return names.count(wanted), marks.count("x"), marks.count(wanted)
