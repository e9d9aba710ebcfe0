import pytest
from lib.versions import newest_first


@pytest.mark.parametrize('n', range(1, 9))
def test_newest(n):
    assert newest_first(['1.%d.%d' % (k, 9 - k) for k in range(n)])[0] == '1.%d.%d' % (n - 1, 10 - n)
