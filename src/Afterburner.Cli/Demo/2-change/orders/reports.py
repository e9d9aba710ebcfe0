"""Reports over a list of orders."""

from datetime import datetime


def total(orders):
    """Cents of all orders together."""
    cents = 0
    for order in orders:
        cents += order["cents"]
    return cents


def is_large(order):
    """Whether an order counts as large; refunds never do."""
    return order["cents"] >= 10000


def customers(orders):
    """Every customer once, in the order of their first order."""
    names = []
    for order in orders:
        name = order["customer"]
        if name not in names:
            names.append(name)
    return names


def popularity(articles):
    """How often each article was sold, for the articles in the order they were sold."""
    rows = []
    for article in articles:
        rows.append((article, articles.count(article)))
    return rows


def delivery_span(dates):
    """Days between the first and the last of some dates, written as 2026-01-31."""
    days = []
    for date in dates:
        days.append(datetime.strptime(date, "%Y-%m-%d"))
    return (max(days) - min(days)).days


def shipping_waves(orders, capacity):
    """Numbers of orders in waves of a van's capacity, first come, first served."""
    waiting = [order["number"] for order in orders]
    waves = []
    while waiting:
        wave = []
        while waiting and len(wave) < capacity:
            wave.append(waiting.pop(0))
        waves.append(wave)
    return waves


def refund_letter(order):
    """Text of the letter that goes with a refund."""
    return "Dear %s,\nwe refund %d cents." % (order["customer"], order["cents"])
