import pytest
from lib.brackets import balanced


@pytest.mark.parametrize('n', range(1, 40))
def test_balanced(n):
    assert balanced('f(x[1])' * n)
    assert not balanced('f(x[1]' * n)
    assert not balanced(')(' * n)
