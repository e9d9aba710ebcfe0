import pytest
from lib.ledger import balances


@pytest.mark.parametrize('n', range(1, 25))
def test_balances(n):
    assert balances([('p%d' % k, k % 7, 2 * k) for k in range(n)] * 2)[0] == ('p0', 0)
