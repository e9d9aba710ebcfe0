def either(lines):
    return lines.pop().startswith("x") or lines.pop().startswith("y")
