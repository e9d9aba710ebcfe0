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


def test_the_span_of_deliveries_is_counted_in_days():
    dates = ["2026-%02d-%02d" % (month, day) for month in range(1, 13) for day in range(1, 29)]
    assert reports.delivery_span(dates) == 361


def test_a_date_in_words_is_refused():
    with pytest.raises(ValueError, match="does not match format"):
        reports.delivery_span(["2026-01-31", "tomorrow"])


def test_vans_leave_full(orders):
    waves = reports.shipping_waves(orders, 7)
    assert [len(wave) for wave in waves[:-1]] == [7] * (len(waves) - 1)
    assert [number for wave in waves for number in wave] == [order["number"] for order in orders]


def test_ten_thousand_cents_are_a_large_order():
    assert reports.is_large({"cents": 10000})
    assert not reports.is_large({"cents": 9999})
