#!/usr/bin/env python3
"""Times one row of list.json outside the engine: time.py CLONE ROW, or time.py FOLDER all (FOLDER/NAME/.git, FOLDER/NAME.git or FOLDER/OWNER+NAME/repo).

Two trees of the commit are laid out; in one the function's file is as the parent had it. Each answers in turn, in processes of
its own, best of five in each; the ratio is the median time before over the median time after. The code runs as you: use a
virtual environment and a machine that you can lose."""
import json, os, pathlib, statistics, subprocess, sys, tempfile

HERE = pathlib.Path(__file__).parent
ROWS = {row["name"]: row for row in json.loads((HERE / "list.json").read_text())}
CHILD = """
import sys, timeit
setup, call = sys.argv[1:]
names = {}
exec(setup, names)
timer = timeit.Timer(call, globals=names)
number = max(1, int(0.05 / max(timer.timeit(1), 1e-7)))
print(min(timer.repeat(5, number)) / number)
"""


def git(clone, *args):
    return subprocess.run(["git", "-C", clone, *args], check=True, capture_output=True).stdout


def lay_out(clone, row, into, before):
    into.mkdir(parents=True)
    subprocess.run(["tar", "-x", "-C", into], input=git(clone, "archive", row["commit"]), check=True)
    if before:
        (into / row["file"]).write_bytes(git(clone, "show", f"{row['commit']}^:{row['file']}"))


def seconds(tree, row):
    paths = os.pathsep.join(str(tree / root) for root in ("src", "."))
    done = subprocess.run([sys.executable, "-c", CHILD, row["setup"], row["call"]], cwd=tree, capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": "0"})
    if done.returncode:
        raise SystemExit(f"{row['name']}: {done.stderr}")
    return float(done.stdout)


def compare(clone, row, rounds=7):
    with tempfile.TemporaryDirectory() as folder:
        trees = [pathlib.Path(folder) / side for side in ("before", "after")]
        for tree in trees:
            lay_out(clone, row, tree, tree.name == "before")
        pairs = [[seconds(tree, row) for tree in trees] for _ in range(rounds)]
    before, after = (statistics.median(side) for side in zip(*pairs))
    return before, after


def clone_of(folder, row):
    owner, name = row["repository"].split("/")
    known = [folder / name, folder / f"{name}.git", folder / f"{owner}+{name}" / "repo"]
    return next((path for path in known if path.exists()), folder)


def main(folder, name):
    for row in ROWS.values() if name == "all" else [ROWS[name]]:
        before, after = compare(clone_of(pathlib.Path(folder), row), row)
        print(f"{row['name']}: {before * 1e6:.2f} us before, {after * 1e6:.2f} us after, {before / after:.2f}x", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
