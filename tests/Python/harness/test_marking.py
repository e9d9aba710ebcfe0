"""Files of targets are changed on their way to the compiler, whoever loads them, and functions are found by the names that the compiler has."""

from __future__ import annotations

import ast
import builtins
import importlib.machinery
import importlib.util
import os
import pathlib
import runpy
import sys
import tempfile
import unittest

import places  # noqa: F401 - puts the harness on the path
from harness.afterburner_harness.functions import definitions, marking

SOURCE = "def f():\n    return 'as written'\n"


class Rewriting(importlib.machinery.SourceFileLoader):
    """A hook of a repository: it gives the compiler something else than the file holds."""

    def source_to_code(self, data, path, *, _optimization=-1):
        return compile(data.replace(b"written", b"rewritten"), path, "exec", dont_inherit=True)


class OfItsOwn:
    """A loader that reads and compiles where nobody can tell what for."""

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec("f = None", module.__dict__)


class AFileOfTargets(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = os.path.realpath(os.path.join(folder.name, "shop.py"))
        pathlib.Path(self.file).write_text(SOURCE, encoding="utf-8")
        for holder, name in (
                (marking, "_files"), (marking, "_change"), (marking, "_finish"), (marking._source_loader, "get_code"), (runpy, "_get_code_from_file")):
            self.addCleanup(setattr, holder, name, getattr(holder, name))
        marking.start({self.file}, self.change, lambda code, file: code)

    def change(self, tree, file):
        tree.body.extend(ast.parse("g = f() + ', marked'").body)

    def loaded(self, loader=None, name="shop"):
        spec = importlib.util.spec_from_file_location(name, self.file, loader=loader)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def test_is_changed_where_python_loads_it(self):
        self.assertEqual("as written, marked", self.loaded().g)

    def test_is_changed_after_a_hook_has_rewritten_it(self):
        self.assertEqual("as rewritten, marked", self.loaded(Rewriting("shop", self.file)).g)

    def test_is_changed_where_a_class_of_loaders_asks_the_compiler_itself(self):
        class Asking(OfItsOwn):
            def exec_module(self, module):
                exec(compile(pathlib.Path(module.__spec__.origin).read_text(encoding="utf-8"), module.__spec__.origin, "exec"), module.__dict__)

        marking.through(Asking)

        self.assertEqual("as written, marked", self.loaded(Asking()).g)

    def test_is_changed_where_it_is_run_by_its_path(self):
        marking.through_runpy()

        self.assertEqual("as written, marked", runpy.run_path(self.file)["g"])

    def test_keeps_its_lines(self):
        self.assertEqual(1, self.loaded().f.__code__.co_firstlineno)

    def test_is_not_changed_where_it_is_only_looked_at(self):
        with marking.Expecting(self.file):
            self.assertEqual(ast.dump(ast.parse(SOURCE)), ast.dump(ast.parse(SOURCE, self.file)))

    def test_leaves_the_compiler_as_it_was(self):
        before = builtins.compile
        self.loaded()
        with marking.Expecting(self.file):
            pass
        self.assertIs(before, builtins.compile)

    def test_does_not_keep_other_code_from_the_future_of_its_caller(self):
        names = {}
        with marking.Expecting(self.file):
            exec(compile("def other(a: nothing): pass", "other.py", "exec"), names)

        self.assertEqual({"a": "nothing"}, names["other"].__annotations__)

    def test_is_known_by_a_loader_that_is_not_pythons(self):
        self.addCleanup(sys.modules.pop, "not_a_module", None)
        sys.modules["not_a_module"] = object()
        for loader, named in ((OfItsOwn(), f"{__name__}.OfItsOwn"), (None, None)):
            sys.modules["shop_of_a_test"] = self.loaded(loader, "shop_of_a_test")
            self.addCleanup(sys.modules.pop, "shop_of_a_test", None)

            self.assertEqual(named, marking.foreign_loader(self.file))


class ANameInAnotherSpelling(unittest.TestCase):
    def test_is_the_name_that_the_compiler_has(self):
        code = "class \ufb01le:\n    def \ufb01nd(self): pass\n"

        self.assertEqual("find", definitions.find_node(ast.parse(code), "\ufb01le.\ufb01nd", 2).name)
        self.assertEqual("find", definitions.code_of(compile(code, "x", "exec"), definitions.parts("\ufb01le.\ufb01nd"), 2).co_name)


if __name__ == "__main__":
    unittest.main()
