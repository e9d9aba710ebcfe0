"""Reads what a finished run found, for the outputs and annotations of the action.

Usage: run_directory.py outputs DIR            prints suggestions, regressions and best speed-up, a line each
       run_directory.py annotations DIR LEVEL  prints a workflow command for each proven slowdown, ten at most
The files may come from an artifact, and names in them are of the code under review: only numbers leave as they are.
"""

import json
import math
import os
import sys

MOST_BYTES = 64 << 20
MOST_ANNOTATIONS = 10


def load(directory, name):
    path = os.path.join(directory, name)
    if os.path.islink(path) or not os.path.isfile(path) or os.path.getsize(path) > MOST_BYTES:
        return {}
    with open(path, encoding="utf-8") as file:
        value = json.load(file)
    return value if isinstance(value, dict) else {}


def measured(gate):
    return [m for kind in ("functions", "benchmarks") for m in gate.get(kind) or [] if isinstance(m, dict)]


def slower(gate):
    return [m for m in measured(gate) if m.get("status") == "slower"]


def outputs(directory):
    functions, regressions = {}, set()
    for folder in directories(directory):
        for function in load(folder, "report.json").get("functions") or []:
            if isinstance(function.get("suggestion"), dict):
                functions[str(function.get("path")), str(function.get("name")), str(function.get("startLine"))] = function
        regressions.update(tuple(str(m.get(k)) for k in ("path", "name", "startLine", "command")) for m in slower(load(folder, "gate.json")))
    gains = [float(f["suggestion"].get("speedup") or 0) for f in functions.values()]
    gains = [g for g in gains if math.isfinite(g) and g > 0]
    print(len(functions))
    print(len(regressions))
    print(f"{max(gains):.4g}" if gains else "")


def directories(text):
    return [line for line in text.split("\n") if line]


def escaped(text, also=""):
    for character in "%\r\n" + also:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def annotations(directory, level):
    gate = load(directory, "gate.json")
    for found in slower(gate)[:MOST_ANNOTATIONS]:
        place = ""
        if "path" in found:
            path = escaped(str(found["path"]), ":,")
            place = f"file={path},line={int(found['startLine'])},endLine={int(found['endLine'])},"
        name = str(found.get("name") or found.get("command"))
        text = f"{name} is {float(found.get('slowdown') or 1):.2f}x slower than at the base. {found.get('reason')}"
        print(f"::{level} {place}title=Proven slowdown::{escaped(text)}")


if __name__ == "__main__":
    {"outputs": outputs, "annotations": annotations}[sys.argv[1]](*sys.argv[2:])
