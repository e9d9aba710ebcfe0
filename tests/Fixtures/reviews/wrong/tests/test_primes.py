import pytest
from lib.primes import primes


@pytest.mark.parametrize('n', range(20, 60))
def test_primes(n):
    assert primes(range(0, n))[:5] == [2, 3, 5, 7, 11]
