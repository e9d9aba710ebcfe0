import pytest
from lib.flat import flat


@pytest.mark.parametrize('n', range(20, 40))
def test_flat(n):
    assert len(flat({'k%d' % k: {'a': k, 'b': {'c': 1}} for k in range(n)})) == 2 * n


def test_plain():
    assert flat({'a': 1, 'b': {}}) == {'a': 1}
    assert flat({'a': 1}, 'x') == {'x.a': 1}
