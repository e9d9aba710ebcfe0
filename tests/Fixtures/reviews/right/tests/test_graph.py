import pytest
from lib.graph import Graph


@pytest.mark.parametrize('n', range(60, 70))
def test_reach(n):
    g = Graph()
    for k in range(n):
        g.add(k, (3 * k + 1) % n)
        g.add(k, (k + 1) % n)
    assert sorted(g.reach(0)) == list(range(n))
