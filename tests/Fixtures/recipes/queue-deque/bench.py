def small():
    return ({i: [(i + 1) % 30, (i + 7) % 30] for i in range(30)}, 0)


def large():
    graph = {0: list(range(1, 40000))}
    graph.update((i, ()) for i in range(1, 40000))
    return (graph, 0)
