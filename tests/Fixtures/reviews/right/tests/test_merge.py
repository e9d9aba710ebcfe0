import pytest
from lib.merge import merge


@pytest.mark.parametrize('n', range(2, 8))
def test_merge(n):
    assert merge(list(range(n)), [0, 3], []) == sorted([*range(n), 0, 3])
