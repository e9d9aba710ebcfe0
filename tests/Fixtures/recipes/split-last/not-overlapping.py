def tail(text):
    return text.split("aa")[-1]
