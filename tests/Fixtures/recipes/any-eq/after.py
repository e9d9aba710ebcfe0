def may(user, users):
    return user in users
