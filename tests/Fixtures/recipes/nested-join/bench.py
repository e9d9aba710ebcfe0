def _shop(count):
    customers = [{"id": f"c{i}", "name": f"n{i}"} for i in range(count)]
    return [{"number": i, "customer": f"c{i * 7 % count}", "open": i % 2 == 0} for i in range(count)], customers


def small():
    return _shop(10)


def large():
    return _shop(300)
