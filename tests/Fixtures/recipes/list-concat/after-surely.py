# observed: {"row": {"types": ["list"], "minLength": 0, "maxLength": 9, "elementsHashable": true}}
def joined(rows):
    out = list(rows[0])
    for row in rows:
        cells = [c * 2 for c in row]
        out += row
        out += cells
        out += sorted(row)
        out += cells + [None] if row else []
        out += (cells
            + [None])
        out[-1] = len(out)
        out.append(0)
    return out
