import pytest
from lib.words import top


@pytest.mark.parametrize('n', range(2, 12))
def test_top(n):
    words = [w for k in range(n) for w in ['w%02d' % k] * (n - k)]
    assert top(words, 2) == ['w00', 'w01']
