from lib.runs import Row, totals


def test_totals():
    rows = (Row('k%d' % (n % 12), n) for n in range(30))
    assert totals(rows)[0] == ('k0', 36)


def test_none():
    assert totals(iter(())) == []
