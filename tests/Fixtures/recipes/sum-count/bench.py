def small():
    return ["a", "b", "x"], ["x", "y"], "a"


def large():
    return [f"n{i}" for i in range(1000)], ["x", "y"] * 500, "n1"
