def merged(ranges):
    out = [ranges[0]]
    for low, high in ranges[1:]:
        _, last = out[-1]
        if low <= last:
            out[-1] = (out[-1][0], max(last, high))
        else:
            out.append((low, high))
    return tuple(out)
