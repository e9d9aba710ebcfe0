import pytest
from lib.lexer import kinds


@pytest.mark.parametrize('n', range(10))
def test_kinds(n):
    assert kinds('value = 12345 + other_name * 7 ; ' * (900 + n))['number'] == 2 * (900 + n)
