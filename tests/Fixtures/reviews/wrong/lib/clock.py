import datetime


def minutes(start, end):
    """Whole minutes from start to end."""
    count = 0
    while start + datetime.timedelta(minutes=1) <= end:
        start = start + datetime.timedelta(minutes=1)
        count += 1
    return count
