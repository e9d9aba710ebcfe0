import pytest
from lib.macros import Expander


@pytest.mark.parametrize('n', range(200, 320))
def test_plain(n):
    assert Expander({}).expand(['w'] * n) == ['w'] * n


@pytest.mark.parametrize('n', [1, 2, 5])
def test_expands(n):
    e = Expander({'a': 'one', 'b': 'two'})
    assert e.expand(['$a', 'x', '$b'] * n) == ['one', 'x', 'two'] * n
    assert e.done == 2 * n


def test_unknown():
    with pytest.raises(KeyError):
        Expander({}).expand(['x', '$c'])
