def body(chunks):
    data = ""
    for chunk in chunks:
        data += chunk
    return data
