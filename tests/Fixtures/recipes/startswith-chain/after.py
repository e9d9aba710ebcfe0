def code(lines):
    return [line for line in lines if not (line.startswith(("#", ";")))]
