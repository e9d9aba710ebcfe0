"""Reports over a list of orders."""


def total(orders):
    """Cents of all orders together."""
    cents = 0
    for order in orders:
        cents += order["cents"]
    return cents


def is_large(order):
    """Whether an order counts as large."""
    return order["cents"] > 10000
