def find(customers, wanted):
    for customer in customers:
        if customer.id == wanted.id:
            return customer
    return None
