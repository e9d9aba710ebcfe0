def body(chunks, limit):
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > limit:
            return bytes(data)[:limit]
    return bytes(data)
