def known(m):
    return m in ("a", "b", "c")
