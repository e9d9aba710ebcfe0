def packets(chunks):
    data = b""
    for chunk in chunks:
        data += chunk
        data = data[4:]
    return data
