def body(chunks, limit):
    data = b""
    for chunk in chunks:
        data += chunk
        if len(data) > limit:
            return data[:limit]
    return data
