# observed: {"seen": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def columns(tables):
    out = []
    for table in tables:
        seen = []
        seen_set = set()
        seen.extend(name for name in table.names)
        seen_set.update(seen)
        for row in table:
            for name in row:
                if name not in seen_set:
                    seen.append(name)
                    seen_set.add(name)
        out.append(seen)
    seen = out
    return seen
