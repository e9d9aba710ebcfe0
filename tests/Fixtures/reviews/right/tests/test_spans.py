import pytest
from lib.spans import Span, covered


@pytest.mark.parametrize('n', range(1, 30))
def test_covered(n):
    assert covered([Span(3 * k, 3 * k + 5) for k in range(n)]) == 3 * n + 2


def test_empty():
    assert covered([Span(5, 5), Span(9, 2)]) == 0
