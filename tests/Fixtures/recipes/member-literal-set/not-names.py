def known(m, a, b, c, d):
    return m in (a, b, c, d)
