def small():
    return ({i: i for i in range(8)}, [1, 2, 3, 4])


def large():
    return ({i: i for i in range(1000)}, list(range(1000)))
