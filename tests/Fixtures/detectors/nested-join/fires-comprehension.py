def joined(orders, customers):
    return [(o, c) for o in orders for c in customers if o["customer"] == c["id"]]  # here
