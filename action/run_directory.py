"""Reads what a finished run found, for the outputs and annotations of the action.

Usage: run_directory.py finished WORKSPACE DIRS [HEAD]  prints the directories of finished runs: those named, and those inside them
       run_directory.py outputs DIRS [HEAD]           prints suggestions, regressions, best speed-up and functions that the gate proved faster, a line each
       run_directory.py annotations DIR LEVEL         prints a workflow command for each proven slowdown and each required gain that is not proven, ten at most
The files may come from an artifact, and names in them are of the code under review: only numbers leave as they are.
They may as well lie in the checkout, put there by a pull request. Where HEAD is given, what does not name it is not of
this run: no commit can hold a file that names the commit.
"""

from __future__ import annotations

import json
import math
import os
import stat
import sys
import unicodedata

MOST_BYTES = 64 << 20
MOST_ANNOTATIONS = 10


def load(directory: str, name: str) -> dict:
    """The JSON object of a regular file; nothing waits for a pipe, and no link is followed."""
    try:
        descriptor = os.open(os.path.join(directory, name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return {}
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_BYTES:
        os.close(descriptor)
        return {}
    with open(descriptor, "rb") as file:
        text = file.read(status.st_size)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def of_head(directory: str, name: str, head: str) -> dict:
    value = load(directory, name)
    return value if not head or value.get("head") == head else {}


def finished(workspace: str, text: str, head: str = "") -> None:
    candidates = []
    for line in directories(text):
        folder = os.path.join(workspace, line)
        candidates.append(folder)
        if os.path.isdir(folder):
            candidates += sorted(entry.path for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False) and "\n" not in entry.name)
    there = [c for c in candidates if load(c, "report.json") or load(c, "gate.json")]
    # Of an earlier commit alone: publishing says so.
    for folder in [c for c in there if of_head(c, "report.json", head) or of_head(c, "gate.json", head)] or there:
        print(folder)


def measured(gate: dict) -> list[dict]:
    return [m for kind in ("functions", "benchmarks") for m in gate.get(kind) or [] if isinstance(m, dict)]


def slower(gate: dict) -> list[dict]:
    return [m for m in measured(gate) if m.get("status") == "slower"]


def faster(function: dict) -> bool:
    gain = function.get("gain")
    return isinstance(gain, dict) and gain.get("status") == "faster" and function.get("status") != "slower"


def lacking(gate: dict) -> list[dict]:
    return [m for m in measured(gate) if m.get("requiredBy") and not faster(m) and m.get("status") != "slower"]


def outputs(directory: str, head: str = "") -> None:
    functions, regressions, gained = {}, set(), set()
    for folder in directories(directory):
        for function in of_head(folder, "report.json", head).get("functions") or []:
            if isinstance(function.get("suggestion"), dict):
                functions[str(function.get("path")), str(function.get("name")), str(function.get("startLine"))] = function
        gate = of_head(folder, "gate.json", head)
        for kept, found in ((regressions, slower(gate)), (gained, filter(faster, measured(gate)))):
            kept.update(tuple(str(m.get(k)) for k in ("path", "name", "startLine", "command")) for m in found)
    gains = [float(f["suggestion"].get("speedup") or 0) for f in functions.values()]
    gains = [g for g in gains if math.isfinite(g) and g > 0]
    print(len(functions))
    print(len(regressions))
    print(f"{max(gains):.4g}" if gains else "")
    print(len(gained))


def directories(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


# Marks and letters that show as nothing.
BLANK = frozenset((0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x2800, 0x3164, 0xFFA0, 0xFFFC, *range(0xFE00, 0xFE10)))


def visible(character: str) -> str:
    hidden = ord(character) in BLANK or ord(character) >= 0xE0000 or unicodedata.category(character) in ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs")
    return f"[U+{ord(character):04X}]" if hidden and character != " " else character


def escaped(text: str, also: str = "") -> str:
    text = "".join(map(visible, text.replace("\r", " ").replace("\n", " ")))
    for character in "%\r\n" + also:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def annotations(directory: str, level: str) -> None:
    gate = load(directory, "gate.json")
    for found in (slower(gate) + lacking(gate))[:MOST_ANNOTATIONS]:
        place = ""
        if "path" in found:
            path = escaped(str(found["path"]), ":,")
            place = f"file={path},line={int(found['startLine'])},endLine={int(found['endLine'])},"
        name = str(found.get("name") or found.get("command"))
        if found.get("status") == "slower":
            title, text = "Proven slowdown", f"{name} is {float(found.get('slowdown') or 1):.2f}x slower than at the base. {found.get('reason')}"
        else:
            gain = found.get("gain")
            title, text = "Not proven faster", f"{name} has to be faster and is not proven to be. {(gain if isinstance(gain, dict) else found).get('reason')}"
        print(f"::{level} {place}title={title}::{escaped(text)}")


if __name__ == "__main__":
    {"finished": finished, "outputs": outputs, "annotations": annotations}[sys.argv[1]](*sys.argv[2:])
