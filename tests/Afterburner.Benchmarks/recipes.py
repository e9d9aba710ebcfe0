"""Times before.py against after.py of every folder given, at two sizes; prints a JSON line each.

Pairs are interleaved in random order in this process; arguments are made anew outside the timed part, so that a
function may change them. The interval is of the median of the pairs' ratios, from order statistics.
"""

import ast
import gc
import importlib.util
import json
import math
import pathlib
import random
import statistics
import sys
import time

PAIRS = 31
SAMPLE_SECONDS = 0.002
SECONDS_A_SIZE = 1.5


def load(path):
    spec = importlib.util.spec_from_file_location(path.parent.name.replace("-", "_") + path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def last_function(path):
    module = load(path)
    node = ast.parse(path.read_text()).body[-1]
    owner = module
    while isinstance(node, ast.ClassDef):
        owner = getattr(owner, node.name)
        node = node.body[-1]
    return getattr(owner, node.name)


def sample(function, make, inner):
    arguments = [make() for _ in range(inner)]
    start = time.thread_time_ns()
    for values in arguments:
        function(*values)
    return (time.thread_time_ns() - start) / inner


def measure(before, after, make, seed):
    order = random.Random(seed)
    assert before(*make()) == after(*make()), "the fixture changes behaviour"
    inner = max(1, min(5000, int(SAMPLE_SECONDS * 1e9 / max(1.0, min(sample(before, make, 3), sample(after, make, 3))))))
    stop = time.monotonic() + SECONDS_A_SIZE
    ratios = []
    while len(ratios) < PAIRS and (len(ratios) < 9 or time.monotonic() < stop):
        times = {}
        for side in order.sample((before, after), 2):
            times[side] = sample(side, make, inner)
        ratios.append(times[before] / times[after])
    ratios.sort()
    # 99 % interval of the median: the ranks that leave half a percent in each tail of Binomial(n, 1/2).
    n, tail, rank = len(ratios), 0.0, 0
    while tail + math.comb(n, rank) / 2 ** n <= 0.005:
        tail += math.comb(n, rank) / 2 ** n
        rank += 1
    rank = max(rank, 1)
    return {"ratio": statistics.median(ratios), "low": ratios[rank - 1], "high": ratios[n - rank], "pairs": n}


def main():
    gc.disable()
    for folder in map(pathlib.Path, sys.argv[1:]):
        before, after, bench = last_function(folder / "before.py"), last_function(folder / "after.py"), load(folder / "bench.py")
        line = {"id": folder.name}
        for size in ("small", "large"):
            line[size] = measure(before, after, getattr(bench, size), 7)
            gc.collect()
        print(json.dumps(line), flush=True)


main()
