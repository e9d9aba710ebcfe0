import datetime
import pytest
from lib.days import nights


@pytest.mark.parametrize('n', range(100, 120))
def test_nights(n):
    day = datetime.datetime(2024, 1, 1)
    assert nights(day, day + datetime.timedelta(days=10 * n)) == 10 * n


def test_none():
    day = datetime.datetime(2024, 1, 1)
    assert nights(day, day) == 0
    assert nights(day + datetime.timedelta(days=3), day) == 0
