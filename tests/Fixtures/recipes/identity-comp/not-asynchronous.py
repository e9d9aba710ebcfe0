async def collect(rows):
    return [row async for row in rows]
