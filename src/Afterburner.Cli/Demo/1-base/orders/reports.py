"""Reports over a list of orders."""


def total(orders):
    """Cents of all orders together."""
    cents = 0
    for order in orders:
        cents += order["cents"]
    return cents


def label(order):
    """How an order is named on screen."""
    return "#%d %s" % (order["number"], order["customer"])
