import datetime


def nights(arrival, departure):
    """Number of steps of a day from the arrival until the departure is reached."""
    count = 0
    while arrival < departure:
        arrival = arrival + datetime.timedelta(days=1)
        count += 1
    return count


def all_nights(stays):
    return [nights(a, d) for a, d in stays]
