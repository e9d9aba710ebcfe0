# observed: {"seen": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}, "row": {"types": ["list"], "minLength": 0, "maxLength": 9, "elementsHashable": true}}
def columns(rows, first, given):
    if given:
        seen = given.keys()
        rows = [seen, *rows]
    else:
        seen = []  # in order
        seen_set = set()
        if first:
            seen.extend(first.keys())
            seen_set.update(seen)
        for row in rows:
            for name in row:
                if name not in seen_set:
                    seen.append(name)
                    seen_set.add(name)
            if None not in seen_set:
                seen.extend(row)
                seen_set.update(row)
                seen.extend([None, 0])
                seen_set.update([None, 0])
        given = seen
        given.append(len(seen))
    return rows, given
