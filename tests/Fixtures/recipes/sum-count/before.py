# observed: {"names": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}, "marks": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def present(names, marks, wanted):
    return sum(1 for name in names if name == wanted), len([m for m in marks if m == "x"]), sum(m == wanted for m in marks)
