import pytest
from lib.folds import Folder


@pytest.mark.parametrize('n', range(200, 320))
def test_plain(n):
    assert Folder().fold(['line'] * n) == ['line'] * n


@pytest.mark.parametrize('n', [1, 2, 5])
def test_folds(n):
    f = Folder()
    assert f.fold(['a\\', 'b', 'c'] * n) == ['ab', 'c'] * n
    assert f.joins == n


def test_three():
    assert Folder().fold(['a\\', 'b\\', 'c', 'd\\']) == ['abc', 'd\\']
