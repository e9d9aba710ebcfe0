import pytest
from lib.suffix import stems


@pytest.mark.parametrize('n', range(5, 30))
def test_stems(n):
    assert stems(['notes.txt', 'tip'] * n) == ['notes', 'tip'] * n
