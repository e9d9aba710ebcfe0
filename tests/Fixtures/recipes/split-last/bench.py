def small():
    return (None, "package.module.Class.method.inner")


def large():
    return (None, "package." * 1000 + "inner")
