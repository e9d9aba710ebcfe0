# observed: {"orders": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": false}, "customers": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": false}}
def invoices(orders, customers):
    found = []
    customers_by_key = {}
    for customer in customers:
        customers_by_key.setdefault(customer["id"], []).append(customer)
    for order in orders:
        for customer in customers_by_key.get(order["customer"], ()):
            if customer["id"] == order["customer"] and order["open"]:
                found.append((order["number"], customer["name"]))
    return found
