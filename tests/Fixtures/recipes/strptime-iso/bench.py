def small():
    return (["2024-05-06T07:08:09"] * 4,)


def large():
    return (["2024-05-06T07:08:09"] * 500,)
