# observed: {"orders": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": false}, "customers": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": false}}
def invoices(orders, customers):
    tried = 0
    for order in orders:
        for customer in customers:
            tried += 1
            if customer["id"] == order["customer"]:
                return tried
    return None
