def each():
    return [m for m in ("a", "b", "c", "d")]
