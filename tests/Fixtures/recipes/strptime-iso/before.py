from datetime import datetime


def moments(stamps):
    return [datetime.strptime(s, "%Y-%m-%dT%H:%M:%S") for s in stamps]
