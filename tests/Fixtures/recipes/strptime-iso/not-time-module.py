import time


def moment(s):
    return time.strptime(s, "%Y-%m-%d")
