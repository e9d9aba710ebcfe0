import pytest
from lib.ranges import union


@pytest.mark.parametrize('n', range(2, 30))
def test_union(n):
    assert union([(10 * k, 10 * k + 6) for k in range(n)] + [(3, 8)]) == [(0, 8)] + [(10 * k, 10 * k + 6) for k in range(1, n)]
