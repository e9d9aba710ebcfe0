import pytest
from lib.ranks import place, rank


def test_place():
    assert place([1, 3], 2) == 1


@pytest.mark.parametrize('n', range(20, 40))
def test_min(n):
    assert rank([x * 7 % n for x in range(n)])[0] == 1


@pytest.mark.parametrize('n', range(3, 9))
def test_max(n):
    assert rank([5] * n, 'max') == [n] * n


def test_mode():
    with pytest.raises(ValueError):
        rank([1], 'dense')
