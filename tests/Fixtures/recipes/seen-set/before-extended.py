# observed: {"seen": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}, "row": {"types": ["list"], "minLength": 0, "maxLength": 9, "elementsHashable": true}}
def columns(rows, first, given):
    if given:
        seen = given.keys()
        rows = [seen, *rows]
    else:
        seen = []  # in order
        if first:
            seen.extend(first.keys())
        for row in rows:
            for name in row:
                if name not in seen:
                    seen.append(name)
            if None not in seen:
                seen.extend(row)
                seen.extend([None, 0])
        given = seen
        given.append(len(seen))
    return rows, given
