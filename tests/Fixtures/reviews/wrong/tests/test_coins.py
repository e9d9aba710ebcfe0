import pytest
from lib.coins import fewest


@pytest.mark.parametrize('n', range(500, 520))
def test_fewest(n):
    assert fewest(n, [1, 5, 10, 25, 50]) == n // 50 + n % 50 // 25 + n % 25 // 10 + n % 10 // 5 + n % 5


@pytest.mark.parametrize('n', [1, 3, 7])
def test_impossible(n):
    assert fewest(n, [2, 10]) is None
