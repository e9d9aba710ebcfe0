import pytest
from lib.repeats import first_repeated


@pytest.mark.parametrize('n', range(10, 50))
def test_first(n):
    assert first_repeated([*range(n), 7]) == 7
    assert first_repeated(list(range(n))) is None
