def may(user, users):
    return any(u == user for u in users)
