"""How the repository's tests are run and what is told of them, and the frames that a runner speaks in."""

import argparse
import os
import pathlib
import sys
import tempfile
import unittest

import places  # noqa: F401 - puts the harness on the path
from harness.afterburner_harness.capturing import observing
from harness.afterburner_harness.running import events, pytest_options, unittest_session, workload
from harness.afterburner_harness.timing import encoders, frames


class SettingsOfAPytestSession(unittest.TestCase):
    def settled(self, *plugins, **options):
        options = argparse.Namespace(**options)
        pytest_options.settle(options, plugins.__contains__)
        return vars(options)

    def test_hide_no_outcome(self):
        self.assertEqual({"maxfail": 0, "lf": False, "usepdb": False}, self.settled(maxfail=1, lf=True, usepdb=True))

    def test_are_set_only_where_pytest_has_such_an_option(self):
        self.assertEqual({"verbose": 1}, self.settled(verbose=1))

    def test_keep_tests_in_one_process_and_in_one_order(self):
        self.assertEqual({"numprocesses": None, "dist": "no", "tx": []}, self.settled("xdist", numprocesses="auto", dist="load", tx=["popen"]))
        self.assertEqual({"randomly_reorganize": False, "randomly_seed": 0}, self.settled("randomly", randomly_reorganize=True, randomly_seed="default"))

    def test_leave_a_seed_that_the_repository_names(self):
        self.assertEqual({"randomly_seed": 7}, self.settled("randomly", randomly_seed=7))

    def test_leave_an_option_of_the_repository_that_has_the_name_of_a_plugins(self):
        self.assertEqual({"dist": "wheel"}, self.settled(dist="wheel"))


class CommandsOfAWorkload(unittest.TestCase):
    class Heard(events.Events):
        def __init__(self):
            self.told = []

        def finished(self, test, outcome, seconds, text):
            self.told.append((test, outcome, text))

    def told(self, script, command="python {} 1 'two words'", wanted=None):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "script.py")
            file.write_text(script)
            heard = self.Heard()
            workload.run_workload([command.format(file)], wanted, heard)
        return heard.told

    def test_are_told_like_tests_that_pass(self):
        [(test, outcome, text)] = self.told("import sys\nassert __name__ == '__main__' and sys.argv[1:] == ['1', 'two words']")
        self.assertEqual((True, "passed", ""), (test.startswith("workload: python /"), outcome, text))

    def test_pass_where_they_end_with_code_0_alone(self):
        for ending, outcome in (("0", "passed"), ("", "passed"), ("3", "failed"), ("'no'", "failed")):
            self.assertEqual(outcome, self.told(f"import sys\nsys.exit({ending})")[0][1])

    def test_that_raise_fail_with_their_trace(self):
        [(_, outcome, text)] = self.told("raise KeyError('SHOP')")
        self.assertEqual(("failed", True), (outcome, "KeyError: 'SHOP'" in text))

    def test_that_are_not_there_fail(self):
        self.assertEqual("failed", self.told("", "python nowhere.py")[0][1])

    def test_may_be_modules(self):
        self.assertEqual("passed", self.told("", "python -m timeit -n 1 pass")[0][1])

    def test_leave_folder_arguments_paths_and_variables_as_they_were(self):
        before = os.getcwd(), list(sys.argv), list(sys.path), dict(os.environ)
        self.told("import os, sys\nos.chdir('/')\nsys.argv[:] = []\nsys.path[:] = []\nos.environ.clear()")
        self.assertEqual(before, (os.getcwd(), sys.argv, sys.path, dict(os.environ)))

    def test_are_run_only_where_they_are_wanted(self):
        self.assertEqual([], self.told("", wanted=["tests/test_a.py::test_a"]))
        self.assertEqual(["tests/test_a.py::test_a"], workload.without_workload(["tests/test_a.py::test_a", "workload: python a.py"]))


class OptionsOfPluginsThatAreNotThere(unittest.TestCase):
    def absent(self, unknown, words=None):
        return pytest_options.absent(unknown.split(), (words or unknown).split())

    def test_are_told_from_misspelled_ones(self):
        self.assertEqual({"--nbval-lax": False}, self.absent("--nbval-lax --ingore"))

    def test_take_the_word_behind_them_unless_it_is_a_file_or_an_option(self):
        for words, takes in (
                ("--timeout 30", True), ("--timeout=30", True), ("--nbval-lax .", False), ("--nbval-lax -v", False), ("--nbval-lax", False),
                ("--cov .", True), ("--benchmark-skip", False)):
            with self.subTest(words):
                self.assertEqual({words.split()[0].partition("=")[0]: takes}, self.absent(words.split()[0], words))

    def test_may_be_short(self):
        self.assertEqual({"-n": True}, self.absent("-n4"))
        self.assertEqual({"-n": True}, self.absent("-n", "-n auto"))


class OptionsOfUnittest(unittest.TestCase):
    def test_are_those_of_discovery(self):
        for words, found in (
                ("discover -s tests", ("tests", "test*.py", None)), ("-s a -t .", ("a", "test*.py", ".")), ("", (None, "test*.py", None)),
                ("-p *_check.py", (None, "*_check.py", None))):
            with self.subTest(words):
                self.assertEqual(found, unittest_session.discovery_options(words.split()))


class WhatIsToldOfATest(unittest.TestCase):
    def told(self, method):
        class Sample(unittest.TestCase):
            def test_passes(self):
                pass

            def test_fails(self):
                self.fail("because")

            def test_raises(self):
                raise KeyError

            def test_is_skipped(self):
                self.skipTest("later")

            @unittest.expectedFailure
            def test_fails_as_expected(self):
                self.fail()

            def test_fails_in_part(self):
                with self.subTest(1):
                    self.fail()

        messages = []
        unittest.TestSuite([Sample(method)]).run(unittest_session.Listener(events.Telling(messages.append)))
        return messages[-1]

    def test_is_one_outcome(self):
        for method, outcome in (
                ("test_passes", "passed"), ("test_fails", "failed"), ("test_raises", "error"), ("test_is_skipped", "skipped"),
                ("test_fails_as_expected", "xfailed"), ("test_fails_in_part", "failed")):
            with self.subTest(method):
                self.assertEqual(outcome, self.told(method)["outcome"])

    def test_has_the_text_of_a_failure(self):
        self.assertIn("because", self.told("test_fails")["text"])

    def test_is_cut_to_its_beginning_and_its_end(self):
        text = events.shorten("begin" + "x" * 10_000 + "end")

        self.assertTrue(text.startswith("begin") and text.endswith("end") and len(text) < 4_100)


class WhatIsObserved(unittest.TestCase):
    def test_is_types_and_lengths(self):
        notes = {}
        observing.observe(notes, {"xs": [1, 2], "n": 1})
        observing.observe(notes, {"xs": [[1]], "n": "a"})
        seen = {name: note.as_json() for name, note in notes.items()}

        self.assertEqual((2, False), (seen["xs"]["longest"], seen["xs"]["hashable"]))
        self.assertEqual({"int", "str"}, set(seen["n"]["types"]))

    def test_tells_large_calls_from_small_ones(self):
        self.assertGreater(observing.size_key({"xs": [0] * 1000})[1], observing.size_key({"xs": [0]})[1])


class Frames(unittest.TestCase):
    def test_go_through_a_pipe_as_they_are(self):
        reader, writer = os.pipe()
        frames.Pipe(None, writer).send(frames.GO, b"content")
        self.assertEqual(b"content", frames.Pipe(reader, None).receive(frames.GO))
        os.close(writer)
        with self.assertRaises(frames.Gone):
            frames.Pipe(reader, None).receive(frames.GO)
        os.close(reader)

    def test_of_another_kind_are_refused(self):
        reader, writer = os.pipe()
        frames.Pipe(None, writer).send(frames.WRITE)
        with self.assertRaisesRegex(ValueError, "a frame b'G' was expected"):
            frames.Pipe(reader, None).receive(frames.GO)
        os.close(reader)
        os.close(writer)

    def test_hold_several_parts(self):
        for parts in ([], [b""], [b"a", b"", b"bcd"]):
            self.assertEqual(parts, frames.unpack(frames.pack(parts)))


class AnAnswer(unittest.TestCase):
    def test_is_written_with_the_arguments_where_calls_change_them(self):
        self.assertEqual((0, 1), encoders.shown((0, 1), {"xs": [2]}, False))
        self.assertEqual((0, 1, [[2]]), encoders.shown((0, 1), {"xs": [2]}, True))

    def test_that_was_raised_is_its_class_and_text(self):
        self.assertEqual((1, ("builtins", "ValueError", "x")), encoders.shown((1, ValueError("x")), {}, False))

    def test_with_bytes_in_it_is_known(self):
        self.assertEqual([True, True, False], [encoders.holds_bytes(v) for v in ([b"a"], {"k": bytearray()}, [1, "a", {2: (None,)}])])

    def test_can_be_written_in_the_first_way_that_takes_it(self):
        def way(value):
            for name, encode in encoders.ENCODERS.items():
                try:
                    encode((0, value))
                    return name
                except Exception:
                    continue
            return None

        self.assertEqual(["marshal", "pickle"], [way([1, "a"]), way(pathlib.PurePosixPath("a"))])


if __name__ == "__main__":
    unittest.main()
