import pytest
from lib.pairs import fields


@pytest.mark.parametrize('n', range(5, 40))
def test_fields(n):
    assert fields(';'.join('k%d=%d' % (k, k) for k in range(n)))['k4'] == '4'
    assert fields('a;b=1') == {'b': '1'}
