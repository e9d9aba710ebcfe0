def power(base, exponent, modulus):
    return base ** exponent % modulus + 1
