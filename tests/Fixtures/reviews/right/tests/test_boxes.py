import pytest
from lib.boxes import Box, inside


@pytest.mark.parametrize('n', range(8))
def test_inside(n):
    points = [(k % 40, k % 23) for k in range(3000 + n)]
    assert inside(Box(0, 0, 40, 23), points) == points
    assert inside(Box(5, 9, 5, 2), points) == []
