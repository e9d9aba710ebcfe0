"""What the action tells the runner about a run: only numbers of a hostile run directory, and no commands of its own."""

import contextlib
import importlib.util
import io
import json
import pathlib
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).parents[2] / "action" / "run_directory.py"


def load():
    spec = importlib.util.spec_from_file_location("run_directory", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class RunDirectoryTests(unittest.TestCase):
    def printed(self, function, files, *arguments):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as out:
            for name, value in files.items():
                pathlib.Path(folder, name).write_text(json.dumps(value), encoding="utf-8")
            getattr(load(), function)(folder, *arguments)
        return out.getvalue()

    def test_outputs_of_a_run(self):
        functions = [{"path": "a.py", "name": "f", "startLine": 1, "suggestion": {"speedup": 2.5}}, {"path": "a.py", "name": "g"}]
        slow = {"status": "slower", "path": "a.py", "name": "f", "startLine": 1}
        gate = {"functions": [slow, slow, {"status": "not-slower"}], "benchmarks": [{"status": "slower", "command": "make bench"}]}
        self.assertEqual("1\n2\n2.5\n0\n", self.printed("outputs", {"report.json": {"functions": functions}, "gate.json": gate}))

    def test_what_a_gate_proved_faster_is_counted_and_what_is_slower_is_not(self):
        gains = [{"status": status, "path": "a.py", "name": status, "startLine": 1, "gain": {"status": "faster"}} for status in ("not-slower", "slower")]
        gate = {"functions": [*gains, {"status": "skipped", "gain": {"status": "cannot-tell"}}, {"status": "skipped", "gain": "faster"}]}
        self.assertEqual("0\n1\n\n1\n", self.printed("outputs", {"gate.json": gate}))

    def test_a_gain_that_is_required_and_not_proven_is_an_annotation(self):
        required = {"status": "not-slower", "path": "a.py", "startLine": 3, "endLine": 4, "name": "f", "reason": "cleared", "requiredBy": "**"}
        proven = {**required, "gain": {"status": "faster", "reason": "2x"}}
        open_ = {**required, "name": "g", "gain": {"status": "not-faster", "reason": "no difference\nfound"}}
        printed = self.printed("annotations", {"gate.json": {"functions": [required, proven, open_]}}, "error")
        self.assertEqual(
            "::error file=a.py,line=3,endLine=4,title=Not proven faster::f has to be faster and is not proven to be. cleared\n"
            "::error file=a.py,line=3,endLine=4,title=Not proven faster::g has to be faster and is not proven to be. no difference found\n", printed)

    def test_without_a_run_there_is_nothing(self):
        self.assertEqual("0\n0\n\n0\n", self.printed("outputs", {}))

    def test_a_gain_that_is_no_number_is_none(self):
        functions = [{"path": "a.py", "name": "f", "startLine": 1, "suggestion": {"speedup": float("inf")}}]
        self.assertEqual("1\n0\n\n0\n", self.printed("outputs", {"report.json": {"functions": functions}}))

    def test_text_of_a_report_does_not_end_an_annotation(self):
        slower = {"status": "slower", "path": "a,b:c.py", "startLine": 3, "endLine": 4, "name": "f", "slowdown": 2, "reason": "x\n::error::y"}
        printed = self.printed("annotations", {"gate.json": {"functions": [slower]}}, "error")
        self.assertEqual(1, printed.count("\n"))
        self.assertTrue(printed.startswith("::error file=a%2Cb%3Ac.py,line=3,endLine=4,title=Proven slowdown::f is 2.00x slower"))

    def test_no_more_annotations_than_the_runner_shows(self):
        slower = {"status": "slower", "command": "make bench", "slowdown": 2, "reason": "r"}
        printed = self.printed("annotations", {"gate.json": {"benchmarks": [slower] * 30}}, "warning")
        self.assertEqual(10, printed.count("::warning title="))
