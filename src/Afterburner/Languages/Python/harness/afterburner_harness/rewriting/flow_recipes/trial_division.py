"""``for i in range(2, n): if n % i == 0: return ...``: the smallest divisor is never above the square root."""

from __future__ import annotations

import ast

from ..dataflow import Flow, Observed, builtin
from ..text import FunctionText

ID = "trial-division"
TITLE = "Try divisors up to the square root only"
WHY = "A number that has a divisor at all has one up to its square root: the loop takes the root of the steps."
UNSAFE_WHEN = "the number is no int"
GAIN = (0.47, 82)


def rewrite(text: FunctionText, observed: Observed) -> str | None:
    flow = Flow(text, observed)
    changed = False
    for loop in flow.own:
        number = _divided(flow, loop)
        if number is None or observed.types(number) != {"int"} or flow.is_shared(number):
            continue
        builtin(flow, "range")
        builtin(flow, "max")
        root = text.imported("math", "isqrt")
        # Below 2 the loop does not run; isqrt would refuse negative numbers.
        text.replace(loop.iter.args[1], f"{root}(max({number}, 0)) + 1")
        changed = True
    return text.result() if changed else None


def _divided(flow, loop):
    """``n`` of a loop that stops at the first divisor of ``n`` in ``range(2, n)`` and does nothing else."""
    if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name) or len(loop.body) != 1:
        return None
    test, stop = loop.body[0], loop.iter
    is_range = isinstance(stop, ast.Call) and isinstance(stop.func, ast.Name) and stop.func.id == "range" and len(stop.args) == 2
    if not is_range or not isinstance(stop.args[0], ast.Constant) or stop.args[0].value != 2 or not isinstance(stop.args[1], ast.Name):
        return None
    number, divisor = stop.args[1].id, loop.target.id
    divides = (f"{number} % {divisor} == 0", f"not {number} % {divisor}")
    if not isinstance(test, ast.If) or test.orelse or number == divisor or ast.unparse(test.test) not in divides:
        return None
    if not isinstance(test.body[-1], (ast.Return, ast.Break)):
        return None
    inside = {id(n) for n in ast.walk(loop)}
    return None if any(id(n) not in inside for n in flow.uses(divisor)) else number
