import random

import pytest

from orders import reading, reports


@pytest.fixture
def orders():
    """Four hundred orders of sixty customers, the same every time."""
    rng = random.Random(7)
    return [
        {
            "number": number,
            "customer": "customer-%02d" % rng.randrange(60),
            "article": "article-%03d" % rng.randrange(150),
            "cents": rng.randrange(100, 20000),
        }
        for number in range(400)
    ]


def test_orders_are_read_line_by_line():
    assert reading.parse("1;ann;pen;120\n\n2;bob;ink;300\n") == [
        {"number": 1, "customer": "ann", "article": "pen", "cents": 120},
        {"number": 2, "customer": "bob", "article": "ink", "cents": 300},
    ]


def test_total_is_the_sum_of_all_orders(orders):
    assert reports.total(orders) == sum(order["cents"] for order in orders)


def test_some_orders_are_large(orders):
    assert 0 < sum(reports.is_large(order) for order in orders) < len(orders)
