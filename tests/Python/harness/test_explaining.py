"""The code that is found for somebody who is to rewrite a function, and the call that is shown."""

import os
import pathlib
import tempfile
import textwrap
import unittest

import places  # noqa: F401 - puts the harness on the path
from harness.afterburner_harness.explaining import callers, example
from harness.afterburner_harness.explaining.files import LARGEST, LONGEST, Files
from harness.afterburner_harness.explaining.uses import Uses
from harness.afterburner_harness.functions import definitions


class OfFiles(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name) / "work"

    def write(self, **files):
        """``a_b``: the file ``a/b.py``."""
        for name, text in files.items():
            path = self.folder / (name.replace("_", "/").replace("START", "__init__") + ".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")

    def uses(self, name, path="m.py", paths=(".",), observed=()):
        """Texts of the imports, and of the places each with its file, of what a function uses."""
        files = Files(paths, str(self.folder))
        file = files.at(path)
        node = definitions.find_node(file.tree, name, 0)
        found = Uses(files, dict(observed))
        found.find(file, node)
        return [place.as_json()["text"] for place in found.imports], [(place.file.path, place.as_json()["text"]) for place in found.places]

    def texts(self, name, **more):
        return [text for _, text in self.uses(name, **more)[1]]


class WhatAFunctionUses(OfFiles):
    def test_is_a_whole_import_over_several_lines_and_no_other(self):
        self.write(m='''
            import os
            from collections import (
                OrderedDict,
                deque,
            )
            import sys

            def f(xs):
                return deque(xs), len(xs)
            ''')

        self.assertEqual((["from collections import (\n    OrderedDict,\n    deque,\n)"], []), self.uses("f"))

    def test_is_a_constant_and_a_helper_of_its_file_then_what_those_use(self):
        self.write(m='''
            RATE, LOW = 3, 1
            SCALE = RATE * 2
            UNUSED = 5

            def deep(x):
                return x

            def helper(x):
                return deep(x) * SCALE

            def other():
                pass

            def f(xs, low):
                other = 3
                return [helper(x) + RATE for x in xs]
            ''')

        self.assertEqual(
            ["def helper(x):\n    return deep(x) * SCALE", "RATE, LOW = 3, 1", "def deep(x):\n    return x", "SCALE = RATE * 2"], self.texts("f"))

    def test_is_found_in_other_files_as_the_import_says(self):
        self.write(
            pkg_START="", pkg_a="def one():\n    return 1\n", pkg_b="def two():\n    return 2\n", pkg_sub_START="from .c import three\n",
            pkg_sub_c="def three():\n    return 3\n\n\ndef four():\n    return 4\n",
            pkg_m='''
            import pkg.b
            import pkg.sub.c as c
            from . import a
            from .a import one as uno
            from pkg.sub import three

            def f():
                return uno() + a.one() + pkg.b.two() + three() + c.four()
            ''')
        for paths in ((".",), ("elsewhere", ".")):
            imports, found = self.uses("f", path="pkg/m.py", paths=paths)

            self.assertEqual(5, len(imports))
            self.assertEqual([
                ("pkg/a.py", "def one():\n    return 1"), ("pkg/b.py", "def two():\n    return 2"), ("pkg/sub/c.py", "def three():\n    return 3"),
                ("pkg/sub/c.py", "def four():\n    return 4")], found)

    def test_is_found_through_stars_and_below_the_import_paths(self):
        self.write(src_lib="def one():\n    return len([])\n", src_m="from lib import *\n\ndef f():\n    return one() + len([])\n")

        self.assertEqual((["from lib import *"], [("src/lib.py", "def one():\n    return len([])")]), self.uses("f", path="src/m.py", paths=("src",)))

    def test_is_of_its_class_the_header_the_fields_how_it_is_made_and_the_methods_it_calls(self):
        self.write(m='''
            class Base:
                def above(self):
                    return 0

            class Basket(Base):
                """Long words."""
                limit = 3

                def __init__(self, items):
                    self.items = items

                @property
                def size(self):
                    return len(self.items)

                def unused(self):
                    return 1

                def fill(self):
                    self.total = 2
                    return self

                def f(self):
                    return self.size + self.limit + self.above() + self.total
            ''')

        self.assertEqual([
            "class Basket(Base):", "    limit = 3", "    def __init__(self, items):\n        self.items = items", "class Base:",
            "    @property\n    def size(self):\n        return len(self.items)", "    def above(self):\n        return 0",
            "    def fill(self):", "        self.total = 2"], self.texts("Basket.f"))

    def test_is_of_the_classes_that_its_names_held_while_tests_ran(self):
        self.write(shop_item='''
            class Outer:
                class Item:
                    def __init__(self, price):
                        self.price = price

                    def gross(self):
                        return self.price * 2

                    def unused(self):
                        return 0
            ''', m="def f(items):\n    return sum(item.gross() for item in items)\n")

        found = self.texts("f", observed={"items": ["list"], "item": ["shop.item.Outer.Item", "None", "gone.Away"]})

        self.assertEqual(["class Item:", "def __init__(self, price):", "def gross(self):"], [text.split("\n")[0].strip() for text in found])

    def test_names_what_a_class_below_defines_anew(self):
        self.write(m='''
            class Base:
                def step(self):
                    return 1

                def f(self):
                    return self.step()

            class Below(Base):
                def step(self):
                    return 2
            ''')

        self.assertIn("    def step(self):\n        return 2", self.texts("Base.f", observed={"self": ["m.Below"]}))

    def test_never_leaves_the_working_tree_nor_reads_what_is_no_file_of_python(self):
        self.write(m='''
            from outside import secret
            from linked import other
            from pipe import one
            from large import big
            from broken import bad
            from .... import above

            def f():
                return secret, other, one, big, bad, above
            ''', broken="def bad(:\n", large="# " + "x" * LARGEST + "\ndef big():\n    pass\n")
        (self.folder.parent / "outside.py").write_text("secret = 1\n")
        os.symlink(self.folder.parent / "outside.py", self.folder / "linked.py")
        os.mkfifo(self.folder / "pipe.py")

        imports, found = self.uses("f", paths=(".", "..", str(self.folder.parent)))

        self.assertEqual((6, []), (len(imports), found))

    def test_ends_where_files_import_each_other_without_end(self):
        self.write(a="from b import x\nfrom b import *\n", b="from a import x\nfrom a import *\n", m="from a import x\n\ndef f():\n    return x + y\n")

        self.assertEqual((["from a import x"], []), self.uses("f"))

    def test_is_cut_where_it_is_long(self):
        self.write(m="def long():\n" + "    x = 1\n" * 500 + "\n\ndef f():\n    return long()\n")

        self.assertEqual([LONGEST], [text.count("\n") + 1 for text in self.texts("f")])


class ACaller(OfFiles):
    def test_is_told_whole_where_it_is_short(self):
        self.write(m="def f():\n    return 1\n\n\ndef g():\n    return f()\n")

        self.assertEqual(["def g():\n    return f()"], self.told("g"))

    def test_is_told_around_its_calls_where_it_is_long(self):
        self.write(m="def f():\n    return 1\n\n\ndef g(x):\n" + "    x += 1\n" * 60 + "    x = m.f(x)\n" + "    x += 2\n" * 60)

        self.assertEqual(["def g(x):", "    x += 1\n" * 3 + "    x = m.f(x)\n" + "    x += 2\n" * 2 + "    x += 2"], self.told("g"))

    def test_that_is_not_there_is_told_by_nothing(self):
        self.write(m="x = 1\n")

        self.assertEqual([], self.told("g"))

    def told(self, name):
        return [place.as_json()["text"] for place in callers.places(Files(["."], str(self.folder)), "m.py", name, 5, "f")]


class Plain:
    def __init__(self, *items):
        self.items = list(items)


class Loud:
    def __repr__(self):
        return "Loud\nand <object at 0x7f0012345678>"


class AValue(unittest.TestCase):
    def test_is_written_without_addresses_and_cut(self):
        for value, text in (
                ([1, "a"], "[1, 'a']"), (Plain(1, Plain()), "Plain(items=[1, Plain(items=[])])"), ((Plain(),), "(Plain(items=[]),)"),
                ("x" * 400, "'" + "x" * 299 + "[... 402 characters]")):
            with self.subTest(value=value):
                self.assertEqual(text, example.written(value))
        self.assertNotIn("0x7f", example.written(Loud()))
        self.assertNotIn("0x", example.written({"a": Plain()}))


if __name__ == "__main__":
    unittest.main()
