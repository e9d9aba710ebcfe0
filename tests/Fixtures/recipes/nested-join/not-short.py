# observed: {"orders": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": false}, "customers": {"types": ["list"], "minLength": 0, "maxLength": 3, "elementsHashable": false}}
def invoices(orders, customers):
    found = []
    for order in orders:
        for customer in customers:
            if customer["id"] == order["customer"]:
                found.append(customer["name"])
    return found
