# observed: {"n": {"types": ["int"], "minLength": null, "maxLength": null, "elementsHashable": null}}
def moves(n, out):
    if n:
        moves(n - 1, out)
        out.append(n)
        moves(n - 1, out)
