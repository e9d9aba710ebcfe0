import pytest

from orders import reports
from tests.test_orders import orders  # noqa: F401


def test_every_customer_is_listed_once(orders):
    names = reports.customers(orders)
    assert sorted(names) == sorted({order["customer"] for order in orders})
    assert names[0] == orders[0]["customer"]


def test_popularity_counts_each_sale(orders):
    articles = [order["article"] for order in orders]
    rows = reports.popularity(articles)
    assert rows[0] == (articles[0], articles.count(articles[0]))
    assert len(rows) == len(articles)


def test_the_first_large_order_is_found(orders):
    number = reports.first_over(orders, 19000)
    assert orders[number]["cents"] > 19000


def test_no_large_order_is_an_error(orders):
    with pytest.raises(IndexError):
        reports.first_over(orders, 10**9)


def test_vans_leave_full(orders):
    waves = reports.shipping_waves(orders, 7)
    assert [len(wave) for wave in waves[:-1]] == [7] * (len(waves) - 1)
    assert [number for wave in waves for number in wave] == [order["number"] for order in orders]


def test_a_label_names_the_article(orders):
    assert reports.label(orders[0]).endswith(orders[0]["article"])
