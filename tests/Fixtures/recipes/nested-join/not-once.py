# observed: {"orders": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": false}, "customers": {"types": ["list"], "minLength": 0, "maxLength": 500, "elementsHashable": false}}
def invoices(order, customers):
    found = []
    for customer in customers:
        if customer["id"] == order["customer"]:
            found.append(customer["name"])
    return found
