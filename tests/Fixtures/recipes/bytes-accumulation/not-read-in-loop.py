def body(chunks, watch):
    data = b""
    for chunk in chunks:
        data += chunk
        watch(data)
    return data
