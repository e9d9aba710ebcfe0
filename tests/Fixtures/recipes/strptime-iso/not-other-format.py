from datetime import datetime


def moment(s):
    return datetime.strptime(s, "%d.%m.%Y")
