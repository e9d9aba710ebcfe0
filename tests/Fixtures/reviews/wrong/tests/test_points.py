import pytest
from lib.points import closest


@pytest.mark.parametrize('n', range(2, 30))
def test_closest(n):
    assert closest([(k * k, 5 * k) for k in range(n)]) == 26


def test_one():
    assert closest([(1, 2)]) is None
