import ast
import math  # noqa: F401, for generators
import random
import string  # noqa: F401


def is_right(arguments: str, expected: str, actual: str) -> bool:
    """Asks the checker of a task about values that are written as Python writes them."""
    try:
        values = [ast.literal_eval(text) for text in (arguments, expected, actual)]
    except (ValueError, SyntaxError):
        return False
    return __check(*values)  # noqa: F821, of the task


def rand_parens(size: int, valid: bool = True, par: str = "()", sep: "str | None" = "") -> "str | list[str]":
    """Groups of brackets that open and close, with something between them; or such whose middle closes first."""
    if not valid:
        half = (size + 1) // 2 - 1
        return rand_parens(half, par=par) + par[1] + par[0] + rand_parens(half, par=par)
    size += size % 2
    groups, depth = [], 0
    for left in range(size, 0, -1):
        opens = depth == 0 or (depth < left and random.random() < 0.5)
        if depth == 0:
            groups.append("")
        groups[-1] += par[0] if opens else par[1]
        depth += 1 if opens else -1
    return groups if sep is None else sep.join(groups)


def _is_prime(number: int, rounds: int = 8) -> bool:
    """Miller and Rabin's test."""
    if number < 4 or number % 2 == 0:
        return number in (2, 3)
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(rounds):
        power = pow(random.randint(2, number - 2), odd, number)
        if power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


def rand_probably_prime(lb: int, ub: "int | None" = None) -> int:
    """A prime from lb to ub; of one bound only, from half of it."""
    low, high = (max(lb, 3) // 2, max(lb, 3)) if ub is None else (max(lb, 0), max(2 * max(lb, 0), ub, 3))
    while not _is_prime(number := random.randint(low, high)):
        pass
    return number


def rand_primality(size: int, lid: int, cid: int) -> int:
    """A prime, the square of one, or the product of two; of the smallest ones, what tests of primes fall for."""
    size = max(size, 4)
    if lid == 0 and cid < 4:
        return (2 * 3 * 5 * 7 * 11 * 13 + 1, 561, 2, 125)[cid]
    root = int(size**0.5 + 1)
    if cid % 3 == 0:
        return rand_probably_prime(size)
    return rand_probably_prime(root) ** 2 if cid % 3 == 1 else rand_probably_prime(root) * rand_probably_prime(root)
