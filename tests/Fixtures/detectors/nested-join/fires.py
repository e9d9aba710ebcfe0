def joined(orders, customers):
    rows = []
    for order in orders:
        for customer in customers:
            if order.customer_id == customer.id:  # here
                rows.append((order, customer))
    return rows
