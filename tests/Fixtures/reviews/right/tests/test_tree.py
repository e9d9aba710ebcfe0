import pytest
from lib.tree import Node, levels


@pytest.mark.parametrize('n', range(40, 60))
def test_levels(n):
    root = Node('r', [Node('c%d' % k, [Node('l')] * 3) for k in range(n)])
    assert [len(level) for level in levels(root)] == [1, n, 3 * n]
