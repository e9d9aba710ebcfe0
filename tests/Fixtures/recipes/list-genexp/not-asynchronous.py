async def names(rows):
    return list(r async for r in rows if r)
