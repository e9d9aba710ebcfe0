"""The shape of the harness, kept by a test rather than by memory."""

import ast
import unittest

import places

# From the ground up: a floor imports itself and those below it.
FLOORS = ["functions", "running", "comparing", "calls", "capturing", "growing", "timing", "checking", "rewriting", "explaining"]
FILES = sorted(places.PACKAGE.rglob("*.py"))
LONGEST = 275  # lines of a file


def imported(file):
    """Floors that a file of a floor imports from, wherever in it."""
    parts = file.relative_to(places.PACKAGE).parts
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == len(parts):
            yield from [node.module.partition(".")[0]] if node.module else [alias.name for alias in node.names]


def public_functions(body):
    """Functions that other modules may call: those of the module and of its classes, without what begins with an underscore."""
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_functions(node.body)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and (not node.name.startswith("_") or node.name == "__init__"):
            yield node


class TheHarness(unittest.TestCase):
    def test_every_folder_is_a_floor(self):
        self.assertEqual(sorted(FLOORS), sorted(p.name for p in places.PACKAGE.iterdir() if p.is_dir() and p.name != "__pycache__"))

    def test_every_module_stands_on_a_floor(self):
        self.assertEqual(["__init__.py"], [p.name for p in FILES if p.parent == places.PACKAGE])

    def test_a_floor_imports_only_the_floors_below_it(self):
        upwards = [
            f"{file.relative_to(places.PACKAGE)} imports {floor}" for file in FILES if file.parent != places.PACKAGE
            for floor in imported(file) if FLOORS.index(floor) > FLOORS.index(file.relative_to(places.PACKAGE).parts[0])]

        self.assertEqual([], upwards)

    def test_no_module_names_the_package_by_its_own_name(self):
        absolute = [
            f"{file.name}:{node.lineno}" for file in FILES for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("afterburner_harness")]

        self.assertEqual([], absolute)

    def test_every_public_function_says_its_types(self):
        silent = []
        for file in FILES:
            for function in public_functions(ast.parse(file.read_text(encoding="utf-8")).body):
                arguments = function.args
                named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *filter(None, (arguments.vararg, arguments.kwarg))]
                untyped = [a.arg for a in named if a.annotation is None and a.arg not in ("self", "cls")]
                if untyped or (function.returns is None and function.name != "__init__"):
                    silent.append(f"{file.name}:{function.lineno} {function.name}({', '.join(untyped)})")

        self.assertEqual([], silent)

    def test_nodes_that_python_3_9_has_not_are_named_where_there_are_some_or_asked_for(self):
        newer = {"match_case", "Match", "MatchAs", "MatchStar", "MatchMapping", "MatchOr", "TryStar", "TypeAlias"}
        named = []
        for file in FILES:
            lines = file.read_text(encoding="utf-8").splitlines()
            named += [
                f"{file.name}:{number}" for number, line in enumerate(lines, 1)
                if file.name != "arms.py" and any(f"ast.{name}" in line for name in newer) and "hasattr" not in line]

        self.assertEqual([], named)

    def test_no_file_is_long(self):
        self.assertEqual([], [f.name for f in FILES if len(f.read_text(encoding="utf-8").splitlines()) > LONGEST])

    def test_what_process_one_loads_is_the_standard_library_alone(self):
        for name in ("first", "below"):
            tree = ast.parse((places.PACKAGE / "timing" / f"{name}.py").read_text(encoding="utf-8"))
            own = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.level}

            self.assertLessEqual(own, {"below"})


if __name__ == "__main__":
    unittest.main()
