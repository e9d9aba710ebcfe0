import pytest
from lib.outline import outline


@pytest.mark.parametrize('n', range(8))
def test_outline(n):
    lines = [' ' * (k % 24) + 'item' for k in range(9000 + n)]
    assert sum(outline(lines)[:24]) == 276
    assert outline(['', '   ']) == [0, 3]
