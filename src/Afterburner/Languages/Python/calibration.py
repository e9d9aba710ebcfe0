def work(rounds, answer):
    """The load of the calibration: a loop as reviewed functions have them, whose answer does not depend on its length."""
    counts, total, words = {}, 0, []
    for i in range(rounds):
        key = (i * 7919) % 997
        counts[key] = counts.get(key, 0) + i
        if i & 15 == 0:
            words.append(str(key))
        total += key ^ i
    words.sort()
    return answer
