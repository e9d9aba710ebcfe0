"""How the repository's tests are run and what is told of them, and the frames that a runner speaks in."""

import os
import pathlib
import tempfile
import unittest

import places  # noqa: F401 - puts the harness on the path
from harness.afterburner_harness.capturing import observing
from harness.afterburner_harness.running import events, pytest_options, unittest_session
from harness.afterburner_harness.timing import encoders, frames


class OptionsOfPytest(unittest.TestCase):
    def test_that_hide_outcomes_or_move_tests_are_dropped(self):
        for words, kept in (
                ("-x -v", "-v"), ("--maxfail 3 -q", "-q"), ("--maxfail=3 -q", "-q"), ("-n 4 a", "a"), ("-n4 a", "a"), ("--cov -q", "-q"),
                ("--cov src -q", "-q"), ("--lf tests", "tests"), ("-p xdist.nowhere -q", "-q"), ("-p no:cov -q", "-p no:cov -q"), ("-k a -m b", "-k a -m b")):
            with self.subTest(words):
                self.assertEqual(kept.split(), pytest_options.stripped(words.split()))

    def test_of_a_plugin_that_is_not_there_are_dropped(self):
        self.assertEqual(["-q"], pytest_options.stripped(["--nbval-lax", "-q"]) if not pytest_options.importable("pytest_nbval") else ["-q"])

    def test_come_from_the_file_that_pytest_reads(self):
        for name, text, found in (
                ("pytest.ini", "[pytest]\naddopts = -q\n", {"addopts": "-q"}), ("setup.cfg", "[tool:pytest]\naddopts = -v\n", {"addopts": "-v"}),
                ("tox.ini", "[pytest]\ntestpaths = a\n", {"testpaths": "a"}), ("setup.cfg", "[flake8]\n", {}), ("pytest.ini", "", {})):
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                pathlib.Path(folder, name).write_text(text, encoding="utf-8")
                self.assertEqual(found, pytest_options.pytest_settings(folder)[1])


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
