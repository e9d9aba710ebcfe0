def fewest(amount, coins):
    """Least number of coins that make the amount; None if none do."""
    least = [0] + [None] * amount
    for total in range(1, amount + 1):
        for coin in coins:
            if coin <= total and least[total - coin] is not None:
                if least[total] is None or least[total - coin] + 1 < least[total]:
                    least[total] = least[total - coin] + 1
    return least[amount]
