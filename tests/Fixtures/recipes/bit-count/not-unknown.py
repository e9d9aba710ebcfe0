def bits(mask):
    return bin(mask).count("1")
