#!/usr/bin/env python3
"""Runs rows of list.json through the engine: run.py CLONES ROW|all [OUT], from the project's root or with AFTERBURNER set to the launcher.

Review: the parent, with the maintainer's function as the only proposal, and what it names that the parent's file lacks before it.
Gate: the commit is base, and head has the function's file as the parent had it.
A row may name the tests that are run, where all take minutes."""
import importlib.util, json, os, pathlib, shlex, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).parent
EXPERT = HERE.parents[2] / "src/Afterburner.Evaluation/History/expert.py"


def module(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


timing, expert = module(HERE / "time.py"), module(EXPERT)
LAUNCHER = shlex.split(os.environ.get("AFTERBURNER", "./afterburner"))


def engine(command, out, *args):
    begun = time.monotonic()
    with open(out.with_suffix(".log"), "w") as log:
        code = subprocess.run([*LAUNCHER, command, *args, "--out", out, "--plain"], stdout=log, stderr=log).returncode
    report = out / ("gate.json" if command == "gate" else "report.json")
    return code, time.monotonic() - begun, json.loads(report.read_text()) if report.exists() else {"functions": []}


def tell(kind, row, code, seconds, report):
    print(f"{row['name']} {kind}: exit {code}, {seconds:.0f} s", flush=True)
    for function in report["functions"]:
        print(f"    {function['name']}: {function['status']}, {function['reason']}")
        for candidate in function.get("candidates") or []:
            print(f"        {candidate['verdict']} {candidate['ratio']}: {candidate['reason']}")


def main(clones, name, out=None):
    for row in timing.ROWS.values() if name == "all" else [timing.ROWS[name]]:
        folder = pathlib.Path(out) / row["name"] if out else pathlib.Path(tempfile.mkdtemp(prefix="commit-"))
        folder.mkdir(parents=True, exist_ok=True)
        source = timing.clone_of(pathlib.Path(clones), row)
        before, after = (timing.git(source, "show", f"{row['commit']}{up}:{row['file']}").decode() for up in ("^", ""))
        work = folder / "work"
        subprocess.run(["git", "clone", "-q", "--no-checkout", source, work], check=True)
        timing.git(work, "checkout", "-q", "--detach", row["commit"] + "^")
        replay = folder / "replay.jsonl"
        target = f"{row['file']}::{row['function']}"
        replay.write_text(json.dumps({"function": target, "iteration": 1, "source": expert.proposals(before, after, [row["function"]])[0]}) + "\n")
        config = folder / "afterburner.yml"
        config.write_text(json.dumps({"tests": {"arguments": row.get("tests", [])}}))  # JSON is YAML
        tell("review", row, *engine("optimize", folder / "review", target, "--repo", work, "--config", config, "--proposer", f"replay:{replay}"))
        timing.git(work, "checkout", "-q", row["commit"])
        (work / row["file"]).write_text(before)
        timing.git(work, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qam", "the step back")
        tell("gate", row, *engine("gate", folder / "gate", "--repo", work, "--config", config, "--base", row["commit"], "--head", "HEAD"))


if __name__ == "__main__":
    main(*sys.argv[1:])
