from datetime import datetime


def moments(stamps):
    return [datetime.fromisoformat(s) for s in stamps]
