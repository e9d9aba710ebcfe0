import pytest
from lib.pieces import pieces


@pytest.mark.parametrize('n', range(30, 50))
def test_pieces(n):
    assert ''.join(pieces('abc' * n, 4)) == 'abc' * n


def test_size():
    with pytest.raises(ValueError):
        list(pieces('abc', 0))
