import pytest
from lib.names import branches


@pytest.mark.parametrize('n', range(5, 30))
def test_branches(n):
    assert branches(['refs/heads/main', 'tip'] * n) == ['main', 'tip'] * n
