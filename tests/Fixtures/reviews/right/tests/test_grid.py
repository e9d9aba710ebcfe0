import pytest
from lib.grid import turned


@pytest.mark.parametrize('n', range(2, 9))
def test_turned(n):
    assert turned([list(range(n)), [7], list('ab')])[0] == [0, 7, 'a']
