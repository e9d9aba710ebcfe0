import pytest
from lib.distance import distance


@pytest.mark.parametrize('a, b, n', [('kitten', 'sitting', 3), ('', 'abc', 3), ('abc', '', 3), ('flaw', 'lawn', 2), ('intention', 'execution', 5)])
def test_distance(a, b, n):
    assert distance(a, b) == n
