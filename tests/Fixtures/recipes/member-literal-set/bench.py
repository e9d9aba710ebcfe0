def small():
    return (["post", "put", "trace", "patch"],)


def large():
    return (["post", "put", "trace", "patch"] * 250,)
