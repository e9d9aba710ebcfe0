"""Chooses the inputs of the yield benchmark, inside the sandbox: which run, and how long they take.

Reads {"seconds": S, "tasks": [{"id", "source", "entry", "small": [{"input", "output"}], "large": [EXPRESSION]}]} on
standard input. Writes a line for each task: {"id", "small": [{"runs", "agrees"}], "large": [SECONDS or null]}.
Every execution is a process of its own, killed after S seconds of CPU time: some inputs would run for days.
"""
import json
import os
import pickle
import random
import resource
import signal
import sys
import time

MOST_BYTES = 1 << 20
MOST_MEMORY = 1 << 30


def main():
    request = json.load(sys.stdin)
    for task in request["tasks"]:
        small = [small_input(task, case, request["seconds"]) for case in task["small"]]
        large = [large_input(task, expression, request["seconds"]) for expression in task["large"]]
        print(json.dumps({"id": task["id"], "small": small, "large": large}), flush=True)


def small_input(task, case, seconds):
    def run(space):
        return plain(space[task["entry"]](*case["input"])) == case["output"]

    agrees = alone(task, run, seconds)
    return {"runs": agrees is not None, "agrees": bool(agrees)}


def large_input(task, expression, seconds):
    def run(space):
        random.seed(0)
        arguments = eval(expression, {"random": random})
        if len(pickle.dumps(arguments)) > MOST_BYTES:
            return None
        started = time.process_time()
        space[task["entry"]](*arguments)
        return time.process_time() - started

    return alone(task, run, seconds)


def alone(task, run, seconds):
    """What `run` gives back in a process of its own; None when it raised or was killed."""
    sys.stdout.flush()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        answer = None
        try:
            resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
            signal.signal(signal.SIGPROF, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_PROF, seconds)
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            space = {"__name__": "task"}
            exec(compile(task["source"], "task.py", "exec"), space)
            answer = run(space)
        except BaseException:
            pass
        os.write(writing, json.dumps(answer).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else None


def plain(value):
    """The value as JSON would give it back."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return value


if __name__ == "__main__":
    main()
