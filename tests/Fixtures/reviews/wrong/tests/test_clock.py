import datetime
import pytest
from lib.clock import minutes

DAY = datetime.datetime(2024, 5, 1, 9, 0)


@pytest.mark.parametrize('n', range(300, 320))
def test_minutes(n):
    assert minutes(DAY, DAY + datetime.timedelta(minutes=n)) == n


def test_none():
    assert minutes(DAY, DAY) == 0
