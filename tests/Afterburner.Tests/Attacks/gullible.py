"""What a naive tool does: both versions in one process, a stop watch around each call, ``==`` over the answers, and a line of
JSON that its reader believes. No defence of the product is here, so that each attack can be seen to work.

Reads a list of cases from a file: ``name``, ``before`` (text of the module), ``function``, ``honest`` and ``candidate`` (texts of the
function), ``arguments`` and ``wrong`` (Python expressions; on the latter the candidate is wrong, or null). Prints a line for each. A busy machine
may do anything to a stop watch: where the tool does not come to the belief that is ``expected``, it looks again a few times.
"""

import gc
import json
import os
import pickle
import statistics
import sys
import threading
import time
import types

ROUNDS = 5
LOOKS = 10
FASTER = 1.5  # what no noise makes of the same code again and again, and a busy machine leaves of the largest lie


def main(path):
    with open(path) as file:
        cases = json.load(file)
    for case in cases:
        for _ in range(LOOKS):
            found = told(case)
            believed = found is not None and found["equal"] is True and found["ratio"] > FASTER
            if believed == case["expected"]:
                break
        print(json.dumps({"name": case["name"], "told": found, "believed": believed}), flush=True)


def told(case):
    """What the tool's reader believes: the last line that came."""
    inbox, outbox = os.pipe()
    tool = os.fork()
    if tool == 0:
        os.close(inbox)
        os.dup2(outbox, 1)
        os.close(outbox)
        try:
            judge(case)
        except BaseException as error:
            print(json.dumps({"equal": False, "ratio": 0, "error": repr(error)}), flush=True)
        sys.exit()
    os.close(outbox)
    with os.fdopen(inbox) as lines:
        said = [json.loads(line) for line in lines if line.strip()]
    os.waitpid(tool, 0)
    return said[-1] if said else None


def judge(case):
    module = types.ModuleType("lists")
    sys.modules["lists"] = module
    exec(case["before"], vars(module))
    baseline, candidate = (made(module, case["function"], case[side]) for side in ("honest", "candidate"))
    written = pickle.dumps(eval(case["arguments"], vars(module)))
    spent = {"baseline": [], "candidate": []}
    answers = {}
    for _ in range(ROUNDS):
        for side, function in (("baseline", baseline), ("candidate", candidate)):
            arguments = pickle.loads(written)
            gc.collect()
            begun = time.perf_counter()
            answer = function(*arguments)
            if isinstance(answer, types.GeneratorType):
                answer = list(answer)
            spent[side].append(time.perf_counter() - begun)
            answers[side] = answer
            gc.collect()
    settle()
    # Others on the machine disturb single rounds, and some attacks disturb the baseline from the second one on.
    ratio = max(typical(spent["baseline"]) / max(typical(spent["candidate"]), 1e-9) for typical in (statistics.median, min))
    equal = same(answers["baseline"], answers["candidate"])
    wrong = case["wrong"] is not None and outcome(baseline, module, case["wrong"]) != outcome(candidate, module, case["wrong"])
    print(json.dumps({"equal": equal, "ratio": ratio, "wrong": wrong}), flush=True)


def made(module, function, source):
    space = dict(vars(module))
    exec(source, space)
    return space[function]


def settle():
    """Waits for all that was started, as an interpreter does at its end."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(5)


def same(ours, theirs):
    if ours == theirs:
        return True
    try:
        return pickle.loads(pickle.dumps(ours)) == pickle.loads(pickle.dumps(theirs))
    except Exception:
        return False


def outcome(function, module, arguments):
    made = eval(arguments, vars(module))
    try:
        answer = function(*made)
        if isinstance(answer, types.GeneratorType):
            answer = list(answer)
    except Exception as error:
        answer = repr(error)
    return pickle.dumps((answer, made))


main(sys.argv[1])
