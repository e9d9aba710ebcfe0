#!/usr/bin/env python3
"""Runs rows of list.json through the engine: run.py CLONES ROW|all [OUT], from the project's root or with AFTERBURNER set to the launcher.

Review: the parent, with the maintainer's function as the only proposal, and what it names that the parent's file lacks before it.
Gate: the commit is base, and head has the function's file as the parent had it."""
import ast, importlib.util, json, os, pathlib, shlex, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).parent
spec = importlib.util.spec_from_file_location("timing", HERE / "time.py")
timing = importlib.util.module_from_spec(spec)
spec.loader.exec_module(timing)
LAUNCHER = shlex.split(os.environ.get("AFTERBURNER", "./afterburner"))


def definition(tree, name):
    for part in name.split("."):
        tree = next(n for n in tree.body if isinstance(n, (ast.ClassDef, ast.FunctionDef)) and n.name == part)
    return tree


def text_of(source, node):
    first = min([node.lineno] + [d.lineno for d in getattr(node, "decorator_list", [])])
    lines = source.split("\n")[first - 1:node.end_lineno]
    return "\n".join(line[node.col_offset:] for line in lines)


def names_in(node):
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def bound_by(node):
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {alias.asname or alias.name.split(".")[0] for alias in node.names}
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        return {n.id for target in getattr(node, "targets", None) or [node.target] for n in ast.walk(target) if isinstance(n, ast.Name)}
    return {node.name} if isinstance(node, ast.FunctionDef) else set()


def proposal(before, after, name):
    """The function as it became, behind the new statements of the module that it needs."""
    old, new = ast.parse(before), ast.parse(after)
    function = definition(new, name)
    had = {ast.dump(node) for node in old.body}
    fresh = [node for node in new.body if ast.dump(node) not in had and node is not function]
    taken, wanted = [], names_in(function)
    while more := [node for node in fresh if node not in taken and bound_by(node) & wanted]:
        taken += more
        wanted = wanted.union(*map(names_in, more))
    parts = []
    for node in sorted(taken, key=lambda n: n.lineno):
        if isinstance(node, ast.ImportFrom):        # of a longer import only what is new
            kept = [alias for alias in node.names if (alias.asname or alias.name) in wanted]
            parts.append(ast.unparse(ast.ImportFrom(node.module, kept, node.level)))
        else:
            parts.append(text_of(after, node))
    return "\n".join(parts + [text_of(after, function)]) + "\n"


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
        replay.write_text(json.dumps({"function": target, "iteration": 1, "source": proposal(before, after, row["function"])}) + "\n")
        tell("review", row, *engine("optimize", folder / "review", target, "--repo", work, "--proposer", f"replay:{replay}"))
        timing.git(work, "checkout", "-q", row["commit"])
        (work / row["file"]).write_text(before)
        timing.git(work, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qam", "the step back")
        tell("gate", row, *engine("gate", folder / "gate", "--repo", work, "--base", row["commit"], "--head", "HEAD"))


if __name__ == "__main__":
    main(*sys.argv[1:])
