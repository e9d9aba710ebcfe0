import pytest
from lib.rows import filled


@pytest.mark.parametrize('n', range(1, 20))
def test_filled(n):
    assert filled([{'a': k} for k in range(n)], {'a': 0, 'b': 1})[-1] == {'a': n - 1, 'b': 1}
