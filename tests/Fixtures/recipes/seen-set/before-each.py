# observed: {"seen": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": true}}
def columns(tables):
    out = []
    for table in tables:
        seen = []
        seen.extend(name for name in table.names)
        for row in table:
            for name in row:
                if name not in seen:
                    seen.append(name)
        out.append(seen)
    seen = out
    return seen
