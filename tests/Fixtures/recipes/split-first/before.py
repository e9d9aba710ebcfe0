def host(url):
    # scheme first
    rest = url.split("://", 1)[1]
    return rest.split("/")[0].lower()
